import Glibc
import MoonrailCore
import Synchronization

/// Makes this process the only owner of a data directory until it is released, at the latest when
/// the value is gone.
///
/// An open file description lock (`fcntl` `F_OFD_SETLK`): the kernel releases it when the process
/// ends in whatever way, so that a killed owner leaves nothing to clean up. The file's text names
/// the owner, for messages only.
package final class DataDirectoryLock: Sendable {
    /// Nil when it was released.
    private let descriptor: Mutex<CInt?>

    /// - Throws: `inUse` when another process holds the lock, `unavailable` when the directory
    ///   can't be made or written.
    package init(directory: String) throws(EngineError) {
        let path = directory + "/lock"
        if let reason = Self.create(directory) {
            throw .unavailable(
                "the data directory '\(directory)' can't be created: \(reason); "
                    + "choose another with --data")
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unavailable(
                "the data directory '\(directory)' can't be written: "
                    + "\(String(cString: strerror(errno))); choose another with --data")
        }
        guard Self.set(F_WRLCK, descriptor) else {
            let reason = errno
            let owner = Self.owner(descriptor)
            close(descriptor)
            guard reason == EAGAIN || reason == EACCES else {
                throw .unavailable(
                    "the data directory '\(directory)' can't be locked: "
                        + "\(String(cString: strerror(reason))); put it on a local file system")
            }
            throw .inUse("the data directory '\(directory)' is in use by \(owner)")
        }
        Self.writeOwner(descriptor)
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    /// Lets others own the directory. May be repeated.
    package func release() {
        descriptor.withLock { descriptor in
            guard let open = descriptor.take() else { return }
            // A child between its fork and its exec holds the description for a moment; the lock
            // must not outlive us there.
            _ = Self.set(F_UNLCK, open)
            close(open)
        }
    }

    /// `F_OFD_SETLK` of Linux's fcntl.h, which Glibc's Swift overlay leaves out.
    private static let setOpenFileDescriptionLock: CInt = 37

    private static func set(_ type: Int32, _ descriptor: CInt) -> Bool {
        var lock = flock(
            l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        return fcntl(descriptor, setOpenFileDescriptionLock, &lock) == 0
    }

    private static func writeOwner(_ descriptor: CInt) {
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
        if mkdir(directory, 0o700) == 0 { return Self.sync(above: directory) }
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
            return mkdir(directory, 0o700) == 0
                ? Self.sync(above: directory) : String(cString: strerror(errno))
        default:
            return String(cString: strerror(errno))
        }
    }

    /// Waits until the name of a new directory is on disk: else the power could take it with all
    /// that is acknowledged in it.
    private static func sync(above directory: String) -> String? {
        do throws(EngineError) {
            try DurableFiles.sync(directory: DurableFiles.directory(of: directory))
            return nil
        } catch {
            // Else the next attempt would find it and believe it to be there for good.
            rmdir(directory)
            return "\(error)"
        }
    }
}
