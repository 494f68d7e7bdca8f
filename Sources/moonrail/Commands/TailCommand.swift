import ArgumentParser
import FoundationEssentials
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime
import NIOCore

/// `moonrail tail`
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Shows what functions do, as it is settled: in, out, logs, time, outcome.",
        discussion: """
            It goes on until ^C, or until the worker ends. The time is that of the handler, \
            measured only while somebody watches. Of a long payload the beginning is shown. Where \
            events come faster than they are shown, some are left out, and a line tells how many; \
            the functions are never slowed down. --sample picks events by where they lie, so that \
            everybody sees the same ones.

              moonrail tail
              moonrail tail celsius --status error,rejected
              moonrail tail --sample 0.01 --json | jq .microseconds
            """)

    @Argument(
        help: "The only function to show.", transform: Names.function)
    var name: FunctionName?

    @Option(
        help: ArgumentHelp(
            "Only what came to this: \(Self.statusNames); several with commas between them.",
            valueName: "status"),
        transform: Self.statuses)
    var status: [Invocation.Status] = []

    @Option(
        help: ArgumentHelp(
            "The share of events to show, over 0 and at most 1.", valueName: "share"))
    var sample: Double?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    private static let statusNames = Invocation.Status.allCases.map(\.rawValue)
        .joined(separator: ", ")

    private static func statuses(_ text: String) throws -> [Invocation.Status] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let status = Invocation.Status(rawValue: String(part)) else {
                throw ValidationError("'\(part)' is no status; there are \(statusNames)")
            }
            return status
        }
    }

    func validate() throws {
        if let sample, !(sample > 0 && sample <= 1) {
            throw ValidationError("--sample takes a share over 0 and at most 1, such as 0.1")
        }
    }

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        do {
            try await connection.withClient { try await follow($0) }
        } catch let failure as CommandFailure where failure.status == .unavailable {
            throw Self.workerLeft
        }
    }

    private func follow(_ client: APIClient) async throws {
        let route = Route.invocations(of: name, statuses: status, sample: sample)
        let text = InvocationText(paint: .standardOutput, lineWidth: Terminal.width)
        let output = StandardOutput()
        var cutter = WholeLines()
        try await client.stream(route, began: greet) { part in
            if self.output.isJSON { return try await output.write(part) }
            for line in cutter.take(part) ?? [] {
                try await output.write(try Self.text(of: line, text))
            }
        }
        throw Self.workerLeft
    }

    /// Says that from now on everything is shown.
    private func greet() {
        StandardError.write(line: "following \(name?.text ?? "all functions"); ^C ends it")
    }

    private static func text(of line: ByteBufferView, _ text: InvocationText) throws -> String {
        let line = Data(line)
        let decoder = JSONDecoder()
        if let missed = try? decoder.decode(MissedMessage.self, from: line) {
            return text.text(missed)
        }
        return text.text(try decoder.decode(InvocationMessage.self, from: line))
    }

    private static let workerLeft = CommandFailure(
        .unavailable, "the worker ended; what functions do from now on is not shown")
}
