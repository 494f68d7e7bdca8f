import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail function show`
struct FunctionShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a function, its definition and its lanes, or the source of a version.",
        discussion: """
              moonrail function show celsius
              moonrail function show celsius --version 3f2a91c
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Option(
        help: ArgumentHelp(
            "Show the script of this version instead; the beginning of its hash is enough.",
            valueName: "version"))
    var version: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        if let version {
            return try await Facts(data, output).show(
                .version(version, of: function), as: VersionMessage.self, text: \.source)
        }
        try await Facts(data, output).show(
            .function(function), as: FunctionMessage.self, text: Self.text)
    }

    @Sendable private static func text(_ function: FunctionMessage) -> String {
        var facts: [(name: String, value: String)] = [
            ("function", function.name), ("file", function.file), ("state", function.state),
        ]
        if let reason = function.reason { facts.append(("reason", reason)) }
        if let why = function.failedDeployment { facts.append(("failed deployment", why)) }
        if let rollback = function.rollback { facts.append(("rolled back", rollback)) }
        if let version = function.version { facts.append(("version", version)) }
        if let definition = function.definition {
            if let description = definition.description {
                facts.append(("description", description))
            }
            if !definition.tags.isEmpty {
                facts.append(("tags", definition.tags.joined(separator: ", ")))
            }
            facts += [
                ("from", definition.from.joined(separator: ", ")),
                ("to", definition.to.isEmpty ? "-" : definition.to.joined(separator: ", ")),
                ("start", definition.start),
                ("batch", "\(definition.batch) events"),
                ("memory", "\(definition.memoryBytes) bytes"),
                ("time", "\(definition.timeMilliseconds) ms an event"),
                ("on failure", definition.onFailure),
                (
                    "breaker",
                    definition.breaker.map {
                        "pauses when \($0.failures) of its last \($0.events) events failed"
                    } ?? "none"
                ),
            ]
        }
        facts.append(("dead letters", letters(of: function)))
        facts.append(("host deaths", "\(function.hostDeaths)"))
        return FactList(facts).text + "\n" + LaneTable.text(function.lanes)
    }

    private static func letters(of function: FunctionMessage) -> String {
        func sum(_ count: KeyPath<LaneMessage, UInt64>) -> UInt64 {
            function.lanes.reduce(0) { $0 + $1[keyPath: count] }
        }
        return "\(sum(\.deadLetters)) failed, \(sum(\.parked)) parked: \(sum(\.pending)) pending, "
            + "\(sum(\.resent)) resent, \(sum(\.skipped)) skipped"
    }
}
