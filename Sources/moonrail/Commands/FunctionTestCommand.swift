import ArgumentParser
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// `moonrail function test`
struct FunctionTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs the tests that lie beside functions.",
        discussion: """
            The tests of functions/celsius.lua are in functions/celsius.test.yaml: cases with the \
            events that the function is given and what must come of them (docs/testing.md). Each \
            case runs in a sandbox of its own; no data is touched and no worker is needed. The \
            status is 1 when a case fails, or a function or a file of tests is broken.

              moonrail function test
              moonrail function test celsius
              moonrail function test --junit results.xml
            """)

    @Argument(
        help: ArgumentHelp("The functions; all that have tests without.", valueName: "name"),
        transform: Names.function)
    var names: [FunctionName] = []

    @Option(
        help: ArgumentHelp("Also write the results as JUnit's XML to a file.", valueName: "file"))
    var junit: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let settings = try data.settings()
        let run = FunctionTestRun(settings: settings)
        try await Interruption.guarded {
            var results: [FunctionTestResult] = []
            for name in try names.isEmpty ? run.tested() : names.map(run.expectTests) {
                let tested = await run.results(of: name)
                results += tested
                if !output.isJSON {
                    try await StandardOutput().write(FunctionTestText.text(name, tested))
                }
            }
            if let junit { try JUnitReport.write(results, to: junit) }
            if output.isJSON {
                try await StandardOutput().write(line: try JSONText.text(results))
            } else {
                try await StandardOutput().write(
                    FunctionTestText.summary(
                        results, untested: names.isEmpty ? run.untested() : []))
            }
            guard results.allSatisfy(\.passed) else { throw CommandFailure(.failed, nil) }
        }
    }
}
