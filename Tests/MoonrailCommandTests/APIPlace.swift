import Foundation
import MoonrailCore
import MoonrailTestSupport

/// A data directory that is served, and the requests that tests send there.
struct APIPlace {
    let place: Workplace
    let socket: String

    /// Calls `body` while a command that follows a station serves the directory.
    static func with(
        config: String? = nil, _ body: (APIPlace) async throws -> Void
    ) async throws {
        try await Workplace.with(config: config) { place in
            try await place.command.run("station", "create", "s")
            let owner = try place.command.start(["read", "s", "--follow"])
            try await place.waitUntilServed()
            try await body(APIPlace(place: place, socket: place.socket))
            owner.send(SIGTERM)
            _ = try await owner.finish()
        }
    }

    func post(
        _ station: String, _ headers: [String: String] = [:], _ body: String, query: String = ""
    ) throws -> SocketClient.Answer {
        try SocketClient.send(
            "POST", "/v1/stations/\(station)/events\(query)", body: body, headers: headers,
            to: socket)
    }

    func get(_ target: String, _ headers: [String: String] = [:]) throws -> SocketClient.Answer {
        try SocketClient.send("GET", "/v1/" + target, headers: headers, to: socket)
    }
}

extension Workplace {
    /// Where the API is served.
    var socket: String { data.appendingPathComponent("moonrail.sock").path }
}

extension SocketClient.Answer {
    /// The body as JSON.
    func json() throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    /// The lines of the body, each as JSON.
    func jsonLines() throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// The body, put together again when it came in chunks.
    var text: String {
        guard headers["transfer-encoding"] == "chunked" else { return body }
        var bytes = Array(body.utf8)[...]
        var whole: [UInt8] = []
        while let end = bytes.firstIndex(of: 0x0D),
            let count = Int(String(decoding: bytes[..<end], as: UTF8.self), radix: 16), count > 0
        {
            let start = end + 2
            whole += bytes[start..<min(start + count, bytes.endIndex)]
            bytes = bytes[min(start + count + 2, bytes.endIndex)...]
        }
        return String(decoding: whole, as: UTF8.self)
    }
}

extension JSONValue {
    /// A member of an object; nil when it has none of this name, or is something else.
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The elements of an array; none when it is something else.
    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}
