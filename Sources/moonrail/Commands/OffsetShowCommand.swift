import ArgumentParser
import FoundationEssentials
import MoonrailCore
import MoonrailHTTP

/// `moonrail offset show`
struct OffsetShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows the positions, counts and lag of lanes.",
        discussion: """
            A lane is one function over one partition number. `next` is the offset that it takes \
            next; `lag` counts the events that wait for it in all of its inputs.

              moonrail offset show celsius --json
            """)

    @Argument(help: "The function; all of them without.", transform: Names.function)
    var function: FunctionName?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        let lanes = try await connection.withClient { try await self.lanes(askedOf: $0) }
        if output.isJSON {
            try await StandardOutput().write(line: try JSONText.text(lanes))
        } else {
            try await StandardOutput().write(LaneTable.text(lanes))
        }
    }

    private func lanes(askedOf client: APIClient) async throws -> [LaneMessage] {
        let all = try await client.send(.lanes, as: [LaneMessage].self)
        guard let function else { return all }
        let lanes = all.filter { $0.function == function.text }
        if !lanes.isEmpty { return lanes }
        // Without lanes it may be new, or not exist; then this is answered with a problem.
        return try await client.send(.function(function), as: FunctionMessage.self).lanes
    }
}
