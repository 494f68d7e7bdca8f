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
    func json() throws -> JSONValue { try JSONValue(parsing: Array(body.utf8)) }

    /// The lines of the body, each as JSON.
    func jsonLines() throws -> [JSONValue] {
        try body.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }
}

extension JSONValue {
    /// The elements of an array; none when it is something else.
    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}
