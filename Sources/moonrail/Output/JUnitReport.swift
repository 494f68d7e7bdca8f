import FoundationEssentials

/// Results of tests as the XML that continuous integration reads: one suite for each function.
///
/// Format: the testsuites/testsuite/testcase/failure elements that Ant's JUnit task introduced.
enum JUnitReport {
    /// - Throws: `CommandFailure` when the file can't be written.
    static func write(_ results: [FunctionTestResult], to file: String) throws {
        do {
            try Data(text(results).utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw CommandFailure(.failed, "\(file) can't be written: \(error)")
        }
    }

    static func text(_ results: [FunctionTestResult]) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        for (function, cases) in Dictionary(grouping: results, by: \.function)
            .sorted(by: { $0.key < $1.key })
        {
            let failures = cases.count { !$0.passed }
            text += "  <testsuite name=\"\(escaped(function))\" tests=\"\(cases.count)\" "
            text += "failures=\"\(failures)\">\n"
            for result in cases { text += element(result) }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func element(_ result: FunctionTestResult) -> String {
        var text = "    <testcase classname=\"\(escaped(result.function))\" "
        text += "name=\"\(escaped(result.name))\" file=\"\(escaped(result.file))\" "
        text += "time=\"\(result.seconds)\""
        if result.passed { return text + "/>\n" }
        text += ">\n      <failure message=\"\(escaped(result.differences.first ?? ""))\">"
        text += escaped((result.differences + result.logs).joined(separator: "\n"))
        return text + "</failure>\n    </testcase>\n"
    }

    /// Without what XML 1.0 can't hold, and with what it takes for markup written out.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
