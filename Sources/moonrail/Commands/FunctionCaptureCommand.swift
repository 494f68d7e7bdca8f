import ArgumentParser
import Foundation
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// `moonrail function capture`
struct FunctionCaptureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Makes tests from stored events and from what a function makes of them now.",
        discussion: """
            The last events of the stations that it reads become cases of NAME.test.yaml, behind \
            those that are there, which stay as they are. With --mask the values at a path are \
            replaced before the function runs, by others of their kind and shape: Ada becomes Xxx. \
            A key, id or header that repeats such a value is masked with it. A path that leads \
            nowhere is an error, and then nothing is written.

              moonrail function capture celsius --last 5
              moonrail function capture signup --last 20 --mask name --mask contact.email
            """)

    @Argument(help: "The function.", transform: Names.function)
    var name: FunctionName

    @Option(help: ArgumentHelp("How many events, all partitions together.", valueName: "count"))
    var last: UInt

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Paths in payloads, such as contact.email.", valueName: "path"))
    var mask: [String] = []

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    /// Most cases of one capture: people read them.
    private static let most: UInt = 1_000

    func validate() throws {
        guard (1...Self.most).contains(last) else {
            throw ValidationError("--last takes 1 to \(Self.most)")
        }
        guard mask.allSatisfy({ !$0.split(separator: ".").isEmpty }) else {
            throw ValidationError("--mask takes a path such as contact.email")
        }
    }

    /// What a capture came to.
    struct Summary: Encodable, Sendable {
        let file: String
        let added: [String]
        let skipped: [TestCapture.Skipped]
    }

    func run() async throws {
        let settings = try data.settings()
        let functions = AuthoredFunctions(settings)
        try await Interruption.guarded {
            let function = try await functions.deployable(name)
            let file = functions.directory.testFile(of: name)
            let known =
                FileCheck.exists(file)
                ? Set(try FunctionTestFile.tests(in: file).map(\.name)) : []
            let stations = function.definition.from
            let inputs = try await SampleEvents.stored(in: stations, last: last, settings)
            guard !inputs.isEmpty else {
                let names = stations.map(\.text).joined(separator: ", ")
                throw CommandFailure(.notFound, "there are no events to capture in \(names)")
            }
            var capture = TestCapture(
                function, FunctionTester(hosts: functions.hosts), mask: mask)
            try await capture.take(inputs, known: known)
            try checkMasks(capture)
            if !capture.cases.isEmpty {
                let text = try FunctionTestFile.text(
                    of: file, adding: capture.cases, namesStation: stations.count > 1)
                try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            }
            try await show(
                Summary(
                    file: file, added: capture.cases.map(\.name), skipped: capture.skipped))
        }
    }

    /// A path that was mistyped must not let what it meant through.
    private func checkMasks(_ capture: TestCapture) throws(CommandFailure) {
        guard !capture.cases.isEmpty else { return }
        for (number, path) in mask.enumerated() where !capture.mask.matched.contains(number) {
            throw CommandFailure(
                .failed,
                "--mask \(path) leads to nothing in any of the events; nothing was written")
        }
    }

    private func show(_ summary: Summary) async throws {
        if output.isJSON {
            return try await StandardOutput().write(line: try JSONText.text(summary))
        }
        var text = "\(summary.added.count) added to \(summary.file)\n"
        for skipped in summary.skipped { text += "skipped \(skipped.event): \(skipped.reason)\n" }
        try await StandardOutput().write(text)
    }
}
