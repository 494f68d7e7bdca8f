import AsyncHTTPClient
import FoundationEssentials
import MoonrailHTTP
import NIOCore
import NIOHTTP1

/// A call of the API. Which ones there are stands in the files beside this one.
struct Route: Sendable {
    /// Whether it does no harm to send it twice.
    let isRepeatable: Bool
    private let method: HTTPMethod
    private let path: String
    private var parameters: [(name: String, value: String)] = []
    private var headers: [(name: String, value: String)] = []
    private let body: ByteBuffer?

    /// - Parameters:
    ///   - path: what follows the version, percent-encoded.
    ///   - isRepeatable: nil for what HTTP says of the method.
    init(
        _ method: HTTPMethod, _ path: String, body: ByteBuffer? = nil, isRepeatable: Bool? = nil
    ) {
        self.method = method
        self.path = "/v1/" + path
        self.body = body
        self.isRepeatable =
            isRepeatable ?? (method == .GET || method == .PUT || method == .PATCH)
    }

    /// A call with a message as its body.
    init(
        _ method: HTTPMethod, _ path: String, message: some Encodable, isRepeatable: Bool? = nil
    ) throws {
        let body = ByteBuffer(bytes: try JSONEncoder().encode(message))
        self.init(method, path, body: body, isRepeatable: isRepeatable)
    }

    func request(to server: APIClient.Server) -> HTTPClientRequest {
        var url = server.url + path
        var separator = "?"
        for (name, value) in parameters {
            url += separator + name + "=" + Self.encoded(value)
            separator = "&"
        }
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let authorization = server.authorization {
            request.headers.add(name: "authorization", value: authorization)
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = body.map { .bytes($0) }
        return request
    }

    /// Adds a parameter that is given.
    mutating func add(_ name: String, _ value: String?) {
        if let value { parameters.append((name, value)) }
    }

    /// Adds a header.
    mutating func add(header name: String, _ value: String) {
        headers.append((name, value))
    }

    /// The text with everything but RFC 3986's unreserved characters percent-encoded.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return encoded
    }
}
