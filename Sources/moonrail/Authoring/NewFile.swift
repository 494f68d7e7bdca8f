import FoundationEssentials
import Glibc

/// A file that is written where none is yet.
struct NewFile {
    let path: String
    let text: String

    /// Writes the file whole, or not at all.
    ///
    /// - Returns: false when there is something of this path, which is left as it is.
    /// - Throws: `CommandFailure` when the file can't be written.
    func write() throws(CommandFailure) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else {
            if errno == EEXIST { return false }
            throw unwritable(String(cString: strerror(errno)))
        }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0 && errno != EINTR {
                let reason = String(cString: strerror(errno))
                unlink(path)
                throw unwritable(reason)
            }
            rest = rest.dropFirst(max(0, written))
        }
        return true
    }

    private func unwritable(_ reason: String) -> CommandFailure {
        CommandFailure(.failed, "can't write \(path): \(reason)")
    }
}
