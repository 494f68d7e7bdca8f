import FoundationEssentials
import Glibc

/// The data directory of one `moonrail dev`, unless it was given another.
struct DevScratch {
    let path: String

    /// Makes an empty directory of a new name in `TMPDIR`, or in `/tmp`.
    ///
    /// - Throws: `CommandFailure`.
    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array(
            "\(parent)/moonrail-dev-\(String(repeating: "X", count: 6))".utf8CString)
        guard let made = mkdtemp(&template) else {
            let reason = String(cString: strerror(errno))
            throw CommandFailure(
                .unavailable,
                "can't make a scratch directory in \(parent): \(reason); name "
                    + "another place with TMPDIR, or a data directory with --data")
        }
        path = String(cString: made)
    }

    /// Removes it with all that it holds.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
