import AsyncHTTPClient
import FoundationEssentials
import MoonrailCore
import MoonrailHTTP
import NIOCore
import NIOHTTP1

/// A call of the API.
struct Route: Sendable {
    /// Whether it does no harm to send it twice.
    private(set) var isRepeatable: Bool
    private let method: HTTPMethod
    private let path: String
    private var parameters: [(name: String, value: String)] = []
    private var body: ByteBuffer?

    private init(_ method: HTTPMethod, _ path: String) {
        self.method = method
        isRepeatable = method == .GET || method == .PUT || method == .PATCH
        self.path = "/v1/" + path
    }

    private init(_ method: HTTPMethod, _ path: String, body: JSONValue) throws {
        self.init(method, path)
        self.body = ByteBuffer(bytes: try body.encoded())
    }

    static let stations = Route(.GET, "stations")
    static let functions = Route(.GET, "functions")
    static let lanes = Route(.GET, "lanes")

    static func station(_ name: StationName) -> Route { Route(.GET, "stations/\(name)") }
    static func function(_ name: FunctionName) -> Route { Route(.GET, "functions/\(name)") }
    static func deleteStation(_ name: StationName) -> Route {
        Route(.DELETE, "stations/\(name)")
    }

    static func createStation(
        _ name: StationName, settings: StationSettingsPatch
    ) throws -> Route {
        try Route(.PUT, "stations/\(name)", body: settings.body)
    }

    static func alterStation(
        _ name: StationName, settings: StationSettingsPatch
    ) throws -> Route {
        try Route(.PATCH, "stations/\(name)", body: settings.body)
    }

    /// - Parameter lines: whole lines, at most `IntakeBounds.bodyBytes` of them.
    static func produce(
        to station: StationName, key: String?, id: String?,
        expected: ProduceExpectation? = nil, lines: ByteBuffer
    ) -> Route {
        var route = Route(.POST, "stations/\(station)/events")
        route.add("key", key)
        route.add("id", id)
        if let expected {
            route.add("expect_last", expected.last)
            route.add("expect_key", expected.key)
            route.add("partition", expected.partition.map(String.init))
        }
        // With ids, what is there already is known when it comes again.
        route.isRepeatable = id != nil
        route.body = lines
        return route
    }

    /// - Parameter source: the script to run twice over events of `sample`.
    static func rehearse(
        _ function: FunctionName, file: String, source: [UInt8], sample: StationName, last: UInt64
    ) -> Route {
        var route = Route(.POST, "functions/\(function)/rehearsal")
        route.add("sample", sample.text)
        route.add("last", String(last))
        route.add("file", file)
        route.isRepeatable = true
        route.body = ByteBuffer(bytes: source)
        return route
    }

    static func read(
        _ station: StationName, from: String?, limit: UInt?, partition: UInt32?, key: String?,
        follows: Bool, format: LineFormat
    ) -> Route {
        var route = Route(.GET, "stations/\(station)/events")
        route.add("from", from)
        route.add("limit", limit.map(String.init))
        route.add("partition", partition.map(String.init))
        route.add("key", key)
        route.add("follow", follows ? "true" : nil)
        route.add("format", format.rawValue)
        return route
    }

    /// - Parameter socket: path of the socket that the API is served on.
    func request(socket: String) -> HTTPClientRequest {
        var url = "http+unix://" + Self.encoded(socket) + path
        var separator = "?"
        for (name, value) in parameters {
            url += separator + name + "=" + Self.encoded(value)
            separator = "&"
        }
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.body = body.map { .bytes($0) }
        return request
    }

    private mutating func add(_ name: String, _ value: String?) {
        if let value { parameters.append((name, value)) }
    }

    /// The text with everything but RFC 3986's unreserved characters percent-encoded.
    private static func encoded(_ text: String) -> String {
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
