import ArgumentParser
import MoonrailHTTP

/// `moonrail function list`
struct FunctionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all functions and how they stand.",
        discussion: """
              moonrail function list --json | jq -r '.[] | select(.state == "failed") | .name'
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(.functions, as: [FunctionMessage].self) { functions in
            var table = TextTable([
                .left("function"), .left("state"), .left("version"), .left("from"), .left("to"),
                .right("lag"), .right("pending"),
            ])
            return table.lines(
                functions.map { function in
                    [
                        function.name, function.fullState, function.shortVersion,
                        function.definition.map { $0.from.joined(separator: ",") } ?? "-",
                        function.definition.map { $0.to.joined(separator: ",") } ?? "-",
                        "\(function.lag)", "\(function.pending)",
                    ]
                })
        }
    }
}

extension FunctionMessage {
    /// The version as people say it.
    var shortVersion: String { version.map { String($0.prefix(7)) } ?? "-" }

    /// The state, and whether what runs is not what lies in the directory.
    var fullState: String {
        var state = state
        let elsewhere = lanes.count { $0.worker != nil }
        if elsewhere > 0 { state += ", \(elsewhere) of \(lanes.count) lanes elsewhere" }
        if failedDeployment != nil { return state + ", failed deployment" }
        return rollback == nil ? state : state + ", rolled back"
    }
}
