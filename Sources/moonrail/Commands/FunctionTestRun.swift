import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// What became of one case, or of a whole function or file that is broken.
struct FunctionTestResult: Encodable, Sendable {
    let function: String
    /// Of the tests, or of the script when that is broken.
    let file: String
    let line: Int?
    let name: String
    let passed: Bool
    /// What is not as expected, a sentence each.
    var differences: [String] = []
    /// What the script logged, a line each.
    var logs: [String] = []
    var seconds = 0.0

    enum CodingKeys: String, CodingKey {
        case function, file, line, name, differences, logs, seconds
        case passed = "ok"
    }
}

/// Finds the tests of a functions directory and runs them.
struct FunctionTestRun: Sendable {
    private let directory: FunctionDirectory
    private let deployment: Deployment
    private let tester: FunctionTester
    private let overrides: [FunctionName: FunctionOverrides]

    init(settings: Settings) {
        let logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        let composition = Composition(settings: settings, logger: logger)
        directory = FunctionDirectory(path: settings.functionsDirectory)
        deployment = composition.deployment()
        tester = FunctionTester(hosts: composition.hosts())
        overrides = settings.functions
    }

    /// All names that have a file of tests, in order.
    func tested() -> [FunctionName] { directory.tested() }

    /// The functions without tests, in order.
    func untested() -> [FunctionName] {
        let tested = Set(directory.tested())
        return directory.attachments(overrides).attachments.map(\.name)
            .filter { !tested.contains($0) }
    }

    /// The name again, when it has a file of tests.
    ///
    /// - Throws: `CommandFailure` when it has none.
    func expectTests(_ name: FunctionName) throws -> FunctionName {
        let file = directory.testFile(of: name)
        guard FileCheck.exists(file) else {
            throw CommandFailure(
                .notFound,
                "function '\(name)' has no tests: there is no \(file)"
                    + suggestion(for: name.text, among: directory.tested().map(\.text)))
        }
        return name
    }

    /// Runs all cases of one function.
    func results(of name: FunctionName) async -> [FunctionTestResult] {
        let file = directory.testFile(of: name)
        let function: DeployableFunction
        switch await deployment.examine(name: name) {
        case .deployable(let deployable): function = deployable
        case .broken(let status):
            guard case .failed(let reason) = status.state else { return [] }
            return [.broken(name, status.file, [reason])]
        case nil:
            return [.broken(name, file, ["\(file): there is no function '\(name)' to test"])]
        }
        let tests: [FunctionTest]
        do throws(ConfigurationError) {
            tests = try FunctionTestFile.tests(in: file)
        } catch {
            return [.broken(name, file, error.messages)]
        }
        var results: [FunctionTestResult] = []
        for test in tests {
            if Task.isCancelled { break }
            do {
                results.append(.init(try await tester.run(test, of: function), name, file))
            } catch {
                results.append(.broken(name, file, ["\(error)"]))
            }
        }
        return results
    }
}

extension FunctionTestResult {
    init(_ report: FunctionTester.Report, _ function: FunctionName, _ file: String) {
        self.init(
            function: function.text, file: file, line: report.test.line, name: report.test.name,
            passed: report.passed, differences: report.differences,
            logs: report.logs.map { "\($0.level): \($0.wholeText)" },
            seconds: report.duration / .seconds(1))
    }

    static func broken(
        _ function: FunctionName, _ file: String, _ reasons: [String]
    ) -> FunctionTestResult {
        FunctionTestResult(
            function: function.text, file: file, line: nil, name: "can be tested", passed: false,
            differences: reasons)
    }
}
