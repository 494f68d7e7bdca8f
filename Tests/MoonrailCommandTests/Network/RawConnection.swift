import Foundation
import Glibc

/// A TCP connection that sends whatever bytes a test wants to, right or wrong.
///
/// It is safe to send on one thread while another reads: only reading changes it, and a test reads
/// on one thread at a time.
final class RawConnection: @unchecked Sendable {
    struct Answer: Equatable {
        var status: Int
        /// Names in lowercase.
        var headers: [String: String]
        var body: String
    }

    private let descriptor: CInt
    private var received: [UInt8] = []
    /// Whether the other side will send nothing more.
    private(set) var isAtEnd = false

    /// - Parameter port: of 127.0.0.1.
    init(port: Int) throws {
        descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SocketClient.Broken(what: "connect: \(errno)") }
    }

    deinit {
        close(descriptor)
    }

    /// Sends the bytes; what a server that has left does not take is dropped.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Says that nothing more will be sent.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Waits for what comes.
    ///
    /// - Parameter seconds: how long at most; a server that stays silent so long hangs.
    /// - Returns: whether something came, or the end.
    private func receive(within seconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, seconds * 1_000) == 1 else { return false }
        var part = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &part, part.count, 0)
        if count > 0 { received += part[..<count] } else { isAtEnd = true }
        return true
    }

    /// All bytes until the server ends the connection.
    ///
    /// - Throws: when it neither sends nor ends for so long.
    func bytesToEnd(within seconds: Int32 = 60) throws -> [UInt8] {
        while !isAtEnd {
            guard receive(within: seconds) else {
                throw SocketClient.Broken(what: "the server hangs")
            }
        }
        return received
    }

    /// Reads one answer whose length is announced, and leaves what follows.
    ///
    /// - Returns: nil when the connection ended before.
    func answer(within seconds: Int32 = 60) throws -> Answer? {
        let separator = Array("\r\n\r\n".utf8)
        while true {
            if let start = received.firstRange(of: separator) {
                let end = start.upperBound
                let head = String(decoding: received[..<end], as: UTF8.self)
                var answer = try Self.parse(head)
                let length = answer.headers["content-length"].flatMap { Int($0) } ?? 0
                if received.count >= end + length {
                    answer.body = String(decoding: received[end..<end + length], as: UTF8.self)
                    received.removeFirst(end + length)
                    return answer
                }
            }
            if isAtEnd { return nil }
            guard receive(within: seconds) else {
                throw SocketClient.Broken(what: "the server hangs")
            }
        }
    }

    private static func parse(_ head: String) throws -> Answer {
        let lines = head.split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw SocketClient.Broken(what: head) }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String(parts.last ?? "")
                .trimmingCharacters(in: .whitespaces)
        }
        return Answer(status: status, headers: headers, body: "")
    }

    /// Sends a request on a connection of its own.
    ///
    /// - Parameter headers: lines without their ends.
    static func ask(
        _ method: String, _ target: String, _ headers: [String] = [], body: String = "",
        port: Int
    ) throws -> Answer {
        let connection = try RawConnection(port: port)
        var lines = ["\(method) \(target) HTTP/1.1"]
        if !headers.contains(where: { $0.lowercased().hasPrefix("host:") }) {
            lines.append("Host: 127.0.0.1")
        }
        lines += headers
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        guard let answer = try connection.answer() else {
            throw SocketClient.Broken(what: "no answer")
        }
        return answer
    }
}
