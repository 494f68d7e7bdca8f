import Foundation
import MoonrailCore

extension NATSServer {
    /// What the broker answers to a client that knows nothing of Moonrail: JSON to a subject such
    /// as `$JS.API.STREAM.INFO.NAME`. Blocks meanwhile, five seconds at most.
    package func ask(
        _ subject: String, _ question: [String: JSONValue] = [:]
    ) throws -> [String: JSONValue] {
        let connection = try LineConnection(port: port)
        let payload = String(decoding: try JSONValue.object(question).encoded(), as: UTF8.self)
        try connection.write(
            "CONNECT {\"verbose\":false}\r\nSUB answers 1\r\n"
                + "PUB \(subject) answers \(payload.utf8.count)\r\n\(payload)\r\n")
        while true {
            let line = try connection.line()
            guard line.hasPrefix("MSG ") else { continue }
            guard let count = line.split(separator: " ").last.flatMap({ Int($0) }) else {
                throw LineConnection.Broken(what: line)
            }
            return try JSONDecoder().decode(
                [String: JSONValue].self, from: Data(try connection.bytes(count)))
        }
    }

    /// What a stream is declared to be.
    package func configuration(ofStream name: String) throws -> [String: JSONValue] {
        let answer = try ask("$JS.API.STREAM.INFO.\(name)")
        guard case .object(let configuration) = answer["config"] else {
            throw LineConnection.Broken(what: "\(answer)")
        }
        return configuration
    }
}

/// A connection to a port of loopback, read by lines.
private final class LineConnection {
    struct Broken: Error {
        let what: String
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Broken(what: "nobody listens on \(port)") }
    }

    deinit {
        close(descriptor)
    }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        else { throw Broken(what: "can't write") }
    }

    /// Without its end.
    func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            try fill()
        }
    }

    func bytes(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        return Array(buffer.prefix(count))
    }

    private func fill() throws {
        var part = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(descriptor, &part, part.count, 0)
        guard count > 0 else { throw Broken(what: "no answer") }
        buffer += part.prefix(count)
    }
}
