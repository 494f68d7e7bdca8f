import Glibc

/// Speaks HTTP over a UNIX socket as any other client would, one request a connection.
enum SocketClient {
    struct Answer {
        let status: Int
        /// Names in lowercase.
        let headers: [String: String]
        let body: String
    }

    struct Broken: Error {
        let what: String
    }

    /// Sends a request and reads until the server closes the connection.
    static func send(
        _ method: String, _ target: String, body: String = "", headers: [String: String] = [:],
        to socket: String
    ) throws -> Answer {
        let descriptor = try connect(to: socket)
        defer { Glibc.close(descriptor) }
        var request = "\(method) \(target) HTTP/1.1\r\nHost: moonrail\r\nConnection: close\r\n"
        for (name, value) in headers { request += "\(name): \(value)\r\n" }
        if !body.isEmpty { request += "Content-Length: \(body.utf8.count)\r\n" }
        try write(request + "\r\n" + body, to: descriptor)
        return try parse(try readAll(from: descriptor))
    }

    /// Begins a request, and leaves before all of its body was sent.
    static func breakOff(
        _ method: String, _ target: String, body: String, announcedBytes: Int, to socket: String
    ) throws {
        let descriptor = try connect(to: socket)
        defer { Glibc.close(descriptor) }
        let head =
            "\(method) \(target) HTTP/1.1\r\nHost: moonrail\r\nContent-Length: "
            + "\(announcedBytes)\r\n\r\n"
        try write(head + body, to: descriptor)
    }

    /// Sends a request of which nobody reads the answer, until `close`.
    static func open(
        _ method: String, _ target: String, _ headers: [String: String], to socket: String
    ) throws -> CInt {
        let descriptor = try connect(to: socket)
        let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        try write(
            "\(method) \(target) HTTP/1.1\r\nHost: moonrail\r\n\(lines)\r\n", to: descriptor)
        return descriptor
    }

    static func close(_ descriptor: CInt) {
        Glibc.close(descriptor)
    }

    private static func connect(to path: String) throws -> CInt {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw Broken(what: "connect: \(errno)") }
        return descriptor
    }

    private static func write(_ text: String, to descriptor: CInt) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A server that refuses a body may close before it has read all of it.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func readAll(from descriptor: CInt) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &part, part.count)
            if count <= 0 { return bytes }
            bytes += part[..<count]
        }
    }

    private static func parse(_ bytes: [UInt8]) throws -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { throw Broken(what: text) }
        let head = text[..<end.lowerBound].split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in head.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] =
                String(parts.last ?? "").trimmingPrefix(" ").description
        }
        guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw Broken(what: text) }
        var body = Array(text[end.upperBound...].utf8)
        if headers["transfer-encoding"] == "chunked" { body = try joined(chunks: body) }
        return Answer(
            status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
    }

    /// What the chunks of a body come to.
    private static func joined(chunks: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = []
        var rest = chunks[...]
        while let end = rest.firstIndex(of: 0x0D) {
            let size = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
            guard let bytes = Int(size, radix: 16), rest.count >= end + 2 - rest.startIndex + bytes
            else { throw Broken(what: "a chunk of \(size) bytes is cut off") }
            if bytes == 0 { return body }
            let start = end + 2
            body += rest[start..<start + bytes]
            rest = rest[(start + bytes + 2)...]
        }
        return body
    }
}
