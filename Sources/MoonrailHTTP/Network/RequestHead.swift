import MoonrailCore
import NIOHTTP1

/// What is wrong with a request's head beyond what the parser refuses. All of it is ambiguous: two
/// programs in a row may read it in two ways, and what one lets pass the other takes for something
/// else.
enum RequestHead {
    /// - Returns: nil when it can be taken for what it says.
    static func fault(in head: HTTPRequestHead) -> Problem? {
        guard head.version == .http1_1 || head.version == .http1_0 else {
            return .versionNotSupported
        }
        guard head.method != .CONNECT, head.method != .TRACE else {
            return .methodNotAllowed(head.method.rawValue)
        }
        return target(head.uri) ?? host(head) ?? framing(head)
            ?? names.lazy.compactMap { once($0, in: head) }.first
    }

    /// Fields of which a second one would be another answer to the same question.
    private static let names = [
        "authorization", "origin", "content-type", "idempotency-key", "expect",
    ]

    private static func once(_ name: String, in head: HTTPRequestHead) -> Problem? {
        head.headers[name].count < 2 ? nil : .badRequest("'\(name)' is there twice; send it once")
    }

    private static func host(_ head: HTTPRequestHead) -> Problem? {
        let hosts = head.headers["host"]
        if head.version == .http1_0, hosts.isEmpty { return nil }
        guard hosts.count == 1, !hosts[0].isEmpty,
            hosts[0].utf8.allSatisfy({ HostText.isAllowed($0) })
        else { return .badRequest("there must be one 'host', and it must be a host") }
        return nil
    }

    /// How the body's end is found: in one way only.
    private static func framing(_ head: HTTPRequestHead) -> Problem? {
        let lengths = head.headers["content-length"]
        let codings = head.headers["transfer-encoding"]
        guard lengths.count < 2, lengths.isEmpty || codings.isEmpty else {
            return .badRequest(
                "the body's length is said twice; send one 'content-length', or "
                    + "'transfer-encoding: chunked'")
        }
        if let length = lengths.first {
            guard !length.isEmpty, length.utf8.allSatisfy({ (48...57).contains($0) }),
                let bytes = Int(length)
            else { return .badRequest("'content-length' is no whole number of bytes") }
            guard bytes <= NetworkBounds.bodyBytes else { return bodyTooLarge }
        }
        guard !codings.isEmpty else { return nil }
        guard head.version == .http1_1, codings.count == 1, codings[0].lowercased() == "chunked"
        else { return .badRequest("'transfer-encoding' may be 'chunked', once, in HTTP/1.1") }
        return nil
    }

    static let bodyTooLarge = Problem.tooLarge(
        "the body is over \(NetworkBounds.bodyBytes) bytes")

    /// A path from the root, without steps upwards and without bytes that mean something else to
    /// others.
    private static func target(_ uri: String) -> Problem? {
        if uri == "*" { return nil }
        guard uri.utf8.first == UInt8(ascii: "/") else {
            return .badRequest("the request's target must be a path that begins with '/'")
        }
        var bytes = uri.utf8[...]
        while let byte = bytes.popFirst() {
            guard (0x21...0x7E).contains(byte), byte != UInt8(ascii: "#"),
                byte != UInt8(ascii: "\\")
            else { return .badRequest("the target holds a byte that must be percent-encoded") }
            guard byte == percent else { continue }
            let digits = bytes.prefix(2)
            guard digits.count == 2, digits.allSatisfy(isHexadecimal) else {
                return .badRequest("'%' must stand before two hexadecimal digits")
            }
            guard !digits.allSatisfy({ $0 == UInt8(ascii: "0") }) else {
                return .badRequest("the target holds a zero byte")
            }
        }
        let path = uri.prefix { $0 != "?" }
        for segment in path.split(separator: "/") {
            guard segment.hasPrefix(".") || segment.utf8.contains(percent) else { continue }
            let plain = segment.replacing(/%2[eE]/, with: ".")
            guard plain != ".", plain != ".." else {
                return .badRequest("the path has a step '\(plain)'")
            }
        }
        return nil
    }

    private static let percent = UInt8(ascii: "%")

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isHexDigit
    }
}

/// The value of `Host`.
enum HostText {
    /// Whether the byte may stand in a host with a port.
    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._:[]".utf8.contains(byte)
        }
    }

    /// The host without the port, in lowercase, brackets as they are.
    static func name(_ value: String) -> String {
        let value = value.lowercased()
        guard value.last != "]", let colon = value.lastIndex(of: ":") else { return value }
        return String(value[..<colon])
    }
}
