import Glibc
import MoonrailCore

/// Finds out whether some process listens on a UNIX socket.
enum SocketProbe {
    /// - Returns: false when the socket is missing, or left over from a process that was killed.
    /// - Throws: `unavailable` when this user may not connect.
    static func answers(at path: String) throws(EngineError) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw unavailable(path) }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return true }
        if errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR { return false }
        throw unavailable(path)
    }

    private static func unavailable(_ path: String) -> EngineError {
        .unavailable("can't connect to \(path): \(String(cString: strerror(errno)))")
    }
}
