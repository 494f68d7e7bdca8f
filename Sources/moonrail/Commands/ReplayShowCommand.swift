import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail replay show`
struct ReplayShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows how far a function's latest replay is.",
        discussion: """
            One line for each lane that was moved, and for each of a shadow. With --follow it \
            shows a bar with the rate and the time left until all have run.

              moonrail replay show celsius --follow
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Flag(help: "Go on until the replay is over.")
    var follow = false

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    private static let glance = Duration.milliseconds(200)

    func run() async throws {
        if follow {
            let connection = try APIConnection(try data.settings(), access: .reading)
            try await connection.withClient { try await wait($0) }
        }
        try await Facts(data, output).show(
            .replays(of: function), as: [ReplayMessage].self, text: text)
    }

    /// Shows the bar until nothing is left.
    private func wait(_ client: APIClient) async throws {
        var bar: ProgressBar?
        while true {
            let replays: [ReplayMessage] = try await client.send(.replays(of: function))
            let all = replays.reduce(0) { $0 + $1.events }
            let left = replays.reduce(0) { $0 + $1.eventsLeft }
            if left == 0, !replays.contains(where: \.isRestoring) { break }
            let done = Int(clamping: all - left)
            if bar == nil { bar = ProgressBar(events: Int(clamping: all), done: done) }
            bar?.show(events: done)
            try await Task.sleep(for: Self.glance)
        }
        bar?.clear()
    }

    private func text(_ replays: [ReplayMessage]) -> String {
        if replays.isEmpty { return "function '\(function)' was never moved\n" }
        var table = TextTable([
            .left("lane"), .left("outputs"), .right("generation"), .left("since"),
            .right("events"), .right("left"), .right("there"), .right("added"),
            .right("otherwise"), .left("state"),
        ])
        return table.lines(
            replays.map { replay in
                [
                    "\(replay.function)/\(replay.partition)", replay.outputs.rawValue,
                    String(replay.generation), replay.started, String(replay.events),
                    String(replay.eventsLeft), String(replay.present), String(replay.added),
                    String(replay.differing),
                    Self.state(replay),
                ]
            })
    }

    private static func state(_ replay: ReplayMessage) -> String {
        if replay.isRestoring { return "restoring state" }
        if replay.eventsLeft > 0 { return "running" }
        return replay.isFollowing ? "follows" : "over"
    }
}
