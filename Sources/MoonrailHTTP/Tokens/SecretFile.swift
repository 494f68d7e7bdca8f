import Glibc
import MoonrailCore

/// A small file that only its owner may read. It is replaced whole, and stays as it was when that
/// fails, whenever that is.
struct SecretFile {
    private let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Blocks.
    ///
    /// - Returns: nil when there is no file.
    /// - Throws: `EngineError.unavailable` when it can't be read or is over `limit` bytes.
    func bytes(most limit: Int) throws(EngineError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read")
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw failure("read") }
        guard facts.st_size <= limit else { throw .unavailable("\(path) is over \(limit) bytes") }
        // One byte more than there should be, so that one that grows shows.
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size) + 1)
        var count = 0
        while count < bytes.count {
            let part = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if part < 0, errno == EINTR { continue }
            guard part >= 0 else { throw failure("read") }
            if part == 0 { return Array(bytes[..<count]) }
            count += part
        }
        throw .unavailable("\(path) grows while it is read")
    }

    /// Blocks until the new bytes are on disk.
    func replace(with bytes: [UInt8]) throws(EngineError) {
        let draft = path + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("written") }
        let isWritten = Self.write(bytes, to: descriptor) && fsync(descriptor) == 0
        let reason = isWritten ? nil : failure("written")
        close(descriptor)
        if let reason {
            unlink(draft)
            throw reason
        }
        guard rename(draft, path) == 0 else { throw failure("written") }
        try flushDirectory()
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let part = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { return false }
            written += part
        }
        return true
    }

    /// Makes sure that the new name outlives a power cut.
    private func flushDirectory() throws(EngineError) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("written") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("written") }
    }

    private func failure(_ what: String) -> EngineError {
        let reason = String(cString: strerror(errno))
        return errno == ENOSPC
            ? .full("\(path) can't be \(what): \(reason)")
            : .unavailable("\(path) can't be \(what): \(reason)")
    }
}
