import FoundationEssentials
import MoonrailHTTP

/// Asks the API for facts and prints them: as they came for programs, as a text for people.
struct Facts: Sendable {
    private let data: DataOptions
    private let isJSON: Bool

    init(_ data: DataOptions, _ output: JSONOption) {
        self.data = data
        isJSON = output.isJSON
    }

    /// - Parameter text: the lines for people, with the end of the last.
    func show<Answer: Decodable & Sendable>(
        _ route: Route, as type: Answer.Type, access: APIConnection.Access = .reading,
        text: (Answer) -> String
    ) async throws {
        try await show(as: type, access: access, text: text) { _ in route }
    }

    /// - Parameter route: makes the route, with what it has to ask before.
    func show<Answer: Decodable & Sendable>(
        as type: Answer.Type, access: APIConnection.Access = .reading,
        text: (Answer) -> String, route: @escaping @Sendable (APIClient) async throws -> Route
    ) async throws {
        let connection = try APIConnection(try data.settings(), access: access)
        let body = try await connection.withClient { try await $0.send(try await route($0)) }
        if isJSON {
            try await StandardOutput().write(body)
        } else {
            let answer = try JSONDecoder().decode(type, from: Data(body.readableBytesView))
            try await StandardOutput().write(text(answer))
        }
    }
}
