import MoonrailCore

/// Results of tests for people.
enum FunctionTestText {
    /// The cases of one function; of those that fail what is not as expected.
    static func text(_ function: FunctionName, _ results: [FunctionTestResult]) -> String {
        var text = "\(function)\n"
        for result in results {
            text += "  \(result.passed ? "passed" : "FAILED")  \(TerminalText.line(result.name))"
            if result.passed {
                text += "\n"
                continue
            }
            text += result.line.map { "  (\(result.file):\($0))\n" } ?? "\n"
            for line in result.differences + result.logs.map({ "logged " + $0 }) {
                text += "          \(TerminalText.line(line))\n"
            }
        }
        return text
    }

    static func summary(
        _ results: [FunctionTestResult], untested: [FunctionName]
    ) -> String {
        let failed = results.count { !$0.passed }
        var text = "\(results.count - failed) passed, \(failed) failed\n"
        if !untested.isEmpty {
            text += "without tests: \(untested.map(\.text).joined(separator: ", "))\n"
        }
        return text
    }
}
