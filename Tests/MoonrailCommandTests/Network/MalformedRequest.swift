/// A request that is wrong, and what it must be answered with.
struct MalformedRequest {
    let name: String
    let bytes: [UInt8]
    /// Any of them; none: the connection ends without an answer.
    let statuses: Set<Int>

    init(_ name: String, _ text: String, _ statuses: Set<Int> = [400]) {
        self.init(name, bytes: Array(text.utf8), statuses)
    }

    init(_ name: String, bytes: [UInt8], _ statuses: Set<Int> = [400]) {
        self.name = name
        self.bytes = bytes
        self.statuses = statuses
    }

    private static func get(_ target: String, _ headers: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n"
    }

    private static func post(_ headers: String, _ body: String = "") -> String {
        "POST /v1/stations/s/events HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n\(body)"
    }

    private static let chunked = "Transfer-Encoding: chunked\r\n"

    /// Two programs in a row may find two ends of one body.
    static let framing: [MalformedRequest] = [
        .init("length and chunks", post("Content-Length: 6\r\n" + chunked, "0\r\n\r\nGET")),
        .init("chunks and length", post(chunked + "Content-Length: 6\r\n", "0\r\n\r\nGET")),
        .init("two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "{}\n\n")),
        .init("two equal lengths", post("Content-Length: 3\r\nContent-Length: 3\r\n", "{}\n")),
        .init("a list of lengths", post("Content-Length: 3, 3\r\n", "{}\n")),
        .init("a negative length", post("Content-Length: -1\r\n", "{}\n")),
        .init("a length with a sign", post("Content-Length: +3\r\n", "{}\n")),
        .init("a hexadecimal length", post("Content-Length: 0x3\r\n", "{}\n")),
        .init("a length that is none", post("Content-Length: three\r\n", "{}\n")),
        .init("an empty length", post("Content-Length:\r\n", "{}\n")),
        .init("a length with a space within", post("Content-Length: 1 0\r\n", "{}\n")),
        .init("a length over 64 bits", post("Content-Length: 99999999999999999999\r\n")),
        .init("a length that is too large", post("Content-Length: 9999999999\r\n"), [413]),
        .init("an unknown coding", post("Transfer-Encoding: gzip\r\n", "{}\n")),
        .init("two codings", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        .init("chunked twice", post(chunked + chunked, "0\r\n\r\n")),
        .init("chunked in a list twice", post("Transfer-Encoding: chunked, chunked\r\n")),
        .init("a coding that looks like it", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")),
        .init("a coding with a tab", post("Transfer-Encoding:\u{0B}chunked\r\n", "0\r\n\r\n")),
        .init("a coding with a space", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")),
        .init("an identity coding", post("Transfer-Encoding: identity\r\n", "{}\n")),
        .init(
            "chunks in HTTP/1.0",
            "POST /v1/stations/s/events HTTP/1.0\r\n\(chunked)\r\n0\r\n\r\n"),
        .init("a chunk size that is none", post(chunked, "x\r\n{}\n\r\n0\r\n\r\n")),
        .init("a negative chunk size", post(chunked, "-3\r\n{}\n\r\n0\r\n\r\n")),
        .init("a chunk size with 0x", post(chunked, "0x3\r\n{}\n\r\n0\r\n\r\n")),
        .init("a chunk size over 64 bits", post(chunked, "fffffffffffffffff\r\n{}\n\r\n")),
        .init("a chunk that is longer than it says", post(chunked, "2\r\n{}\n\r\n0\r\n\r\n")),
        .init("a chunk without its end", post(chunked, "3\r\n{}\n0\r\n\r\n")),
        .init("a chunk that ends in LF", post(chunked, "3\n{}\n\n0\n\n")),
        .init("an empty chunk size", post(chunked, "\r\n{}\n\r\n")),
        .init("a space before a chunk size", post(chunked, " 3\r\n{}\n\r\n0\r\n\r\n")),
    ]

    /// Lines that others may read as something else.
    static let lines: [MalformedRequest] = [
        .init("a folded line", get("/livez", "X-A: 1\r\n  2\r\n")),
        .init("a line folded with a tab", get("/livez", "X-A: 1\r\n\t2\r\n")),
        .init("a space before the colon", get("/livez", "X-A : 1\r\n")),
        .init("a space in a name", get("/livez", "X A: 1\r\n")),
        .init("a name that is empty", get("/livez", ": 1\r\n")),
        .init("a line without a colon", get("/livez", "nonsense\r\n")),
        .init("a space before the first line's name", get("/livez", " X-A: 1\r\n")),
        .init("a CR alone", get("/livez", "X-A: 1\rX-B: 2\r\n")),
        .init("a zero byte in a value", get("/livez", "X-A: 1\u{0}2\r\n")),
        .init("a zero byte in a name", get("/livez", "X\u{0}A: 1\r\n")),
        .init("a control byte in a value", get("/livez", "X-A: 1\u{1}2\r\n")),
        .init("a name in braces", get("/livez", "X{A}: 1\r\n")),
        .init("no host", "GET /livez HTTP/1.1\r\n\r\n"),
        .init("an empty host", "GET /livez HTTP/1.1\r\nHost:\r\n\r\n"),
        .init("two hosts", get("/livez", "Host: localhost\r\n")),
        .init("two hosts that differ", get("/livez", "Host: other\r\n")),
        .init("a host with a path", "GET /livez HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        .init("a host with a user", "GET /livez HTTP/1.1\r\nHost: a@b\r\n\r\n"),
        .init("a host with a space", "GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n"),
        .init(
            "two authorizations",
            get("/livez", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n")),
        .init("a line that is too long", get("/livez", "X-A: \(long(9 << 10))\r\n"), [431]),
        .init("a name that is too long", get("/livez", "\(long(9 << 10)): 1\r\n"), [431]),
        .init(
            "lines that are too long together",
            get("/livez", (0..<20).map { "X-\($0): \(long(1 << 10))\r\n" }.joined()), [431]),
        .init(
            "too many lines", get("/livez", (0..<100).map { "X-\($0): 1\r\n" }.joined()), [431]),
        .init("a target that is too long", get("/" + long(20 << 10)), [431]),
    ]

    /// First lines that name nothing.
    static let targets: [MalformedRequest] = [
        .init("a step upwards", get("/v1/../v1/stations")),
        .init("a step upwards in code", get("/v1/%2e%2e/v1/stations")),
        .init("a step upwards half in code", get("/v1/.%2E/v1/stations")),
        .init("a step in place", get("/v1/./stations")),
        .init("a zero byte in code", get("/v1/stations/a%00b")),
        .init("half a code", get("/v1/stations/a%2")),
        .init("a code that is none", get("/v1/stations/a%zz")),
        .init("a code with a sign", get("/v1/stations/a%+1")),
        .init("a backslash", get("/v1\\stations")),
        .init("a fragment", get("/v1/stations#x")),
        .init("a control byte", get("/v1/stat\u{1}ions")),
        .init("bytes beyond ASCII", get("/v1/stations/ä")),
        .init("no slash", get("v1/stations")),
        .init("another place", get("http://example.org/v1/stations")),
        .init(
            "only a host", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", [400, 405]),
        .init("TRACE", "TRACE /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", [405]),
        .init("an unknown method", "FROB /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        .init("a method in lowercase", "get /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        .init("no method", " /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        .init("no target", "GET  HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        .init("a space in the target", get("/v1/ stations")),
        .init("no version", "GET /livez\r\nHost: localhost\r\n\r\n", [400, 505]),
        .init("HTTP/0.9", "GET /livez HTTP/0.9\r\nHost: localhost\r\n\r\n", [400, 505]),
        .init("HTTP/1.2", "GET /livez HTTP/1.2\r\nHost: localhost\r\n\r\n", [400, 505]),
        .init("HTTP/2.0", "GET /livez HTTP/2.0\r\nHost: localhost\r\n\r\n", [400, 505]),
        .init("HTTP/9.9", "GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n", [400, 505]),
        .init(
            "a version that is none", "GET /livez HTTP/one\r\nHost: localhost\r\n\r\n", [400, 505]),
        .init("another protocol", "GET /livez ICY/1.1\r\nHost: localhost\r\n\r\n"),
        .init("HTTP/2's first bytes", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]),
        .init("a mail", "EHLO localhost\r\nMAIL FROM:<a@b>\r\n"),
        .init("TLS in the clear", bytes: [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0, 0x0D, 0x0A]),
        .init("zero bytes", bytes: Array(repeating: 0, count: 64)),
        .init("bytes that are all ones", bytes: Array(repeating: 0xFF, count: 64)),
    ]

    static let all = framing + lines + targets

    private static func long(_ count: Int) -> String { String(repeating: "a", count: count) }
}
