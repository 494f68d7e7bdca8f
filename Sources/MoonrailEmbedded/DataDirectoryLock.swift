import Glibc
import MoonrailCore

/// Makes this process the only owner of a data directory for as long as the value lives.
///
/// An open file description lock (`fcntl` `F_OFD_SETLK`): the kernel releases it when the process
/// ends in whatever way, so that a killed owner leaves nothing to clean up. The file's text names
/// the owner, for messages only.
final class DataDirectoryLock: Sendable {
    private let descriptor: CInt

    /// - Throws: `inUse` when another process holds the lock, `unavailable` when the directory can't
    ///   be made or written.
    init(directory: String) throws(EngineError) {
        let path = directory + "/lock"
        if let reason = Self.create(directory) {
            throw .unavailable(
                "the data directory '\(directory)' can't be created: \(reason); "
                    + "choose another with --data")
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unavailable(
                "the data directory '\(directory)' can't be written: "
                    + "\(String(cString: strerror(errno))); choose another with --data")
        }
        var lock = flock(
            l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        guard fcntl(descriptor, Self.setOpenFileDescriptionLock, &lock) == 0 else {
            let owner = Self.owner(descriptor)
            close(descriptor)
            throw .inUse("the data directory '\(directory)' is in use by \(owner)")
        }
        writeOwner()
    }

    deinit {
        close(descriptor)
    }

    /// `F_OFD_SETLK` of Linux's fcntl.h, which Glibc's Swift overlay leaves out.
    private static let setOpenFileDescriptionLock: CInt = 37

    private func writeOwner() {
        let command = CommandLine.arguments.prefix(2).joined(separator: " ")
        let text = Array("\(command) (process \(getpid()))".utf8)
        ftruncate(descriptor, 0)
        // Only a message depends on it, so that a full disk need not stop the worker here.
        _ = pwrite(descriptor, text, text.count, 0)
    }

    private static func owner(_ descriptor: CInt) -> String {
        var text = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &text, text.count, 0)
        return count > 0
            ? "'" + String(decoding: text.prefix(count), as: UTF8.self) + "'" : "another process"
    }

    /// Creates the directory and those above it that are missing.
    ///
    /// - Returns: why it can't; nil when it is there.
    private static func create(_ directory: String) -> String? {
        // Only its owner may read what is stored.
        if mkdir(directory, 0o700) == 0 { return nil }
        switch errno {
        case EEXIST:
            var status = stat()
            let isDirectory = stat(directory, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            return isDirectory ? nil : "a file of this name is in the way"
        case ENOENT:
            guard let slash = directory.lastIndex(of: "/"), slash != directory.startIndex else {
                return String(cString: strerror(ENOENT))
            }
            if let reason = create(String(directory[..<slash])) { return reason }
            return mkdir(directory, 0o700) == 0 ? nil : String(cString: strerror(errno))
        default:
            return String(cString: strerror(errno))
        }
    }
}
