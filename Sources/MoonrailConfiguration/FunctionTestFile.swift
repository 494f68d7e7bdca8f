import MoonrailCore

/// The tests beside a function: `functions/celsius.test.yaml`, a list of cases.
package enum FunctionTestFile {
    /// Reads the cases of one file of at most 1 MiB. Blocks.
    ///
    /// - Throws: all that is wrong in the file, each with its line.
    package static func tests(in path: String) throws(ConfigurationError) -> [FunctionTest] {
        var problems: [SettingsProblem] = []
        var tests: [FunctionTest] = []
        do throws(SettingsProblem) {
            let document = try YAMLDocument(
                SettingsFile(path: path).text(), problems: &problems)
            guard case .list(let cases) = document.root.content, !cases.isEmpty else {
                throw SettingsProblem("it must be a list of cases, each beginning with '- name:'")
            }
            for node in cases {
                if let test = test(node, problems: &problems) { tests.append(test) }
            }
            problems += repeatedNames(in: tests)
        } catch {
            problems.append(error)
        }
        guard problems.isEmpty else {
            throw ConfigurationError(
                messages: problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
                    .map { $0.message(in: path) })
        }
        return tests
    }

    private static func test(
        _ node: SettingsNode, problems: inout [SettingsProblem]
    ) -> FunctionTest? {
        let problemsBefore = problems.count
        var draft = FunctionTestDraft()
        node.read(FunctionTestDraft.keys, of: "this case", into: &draft, problems: &problems)
        guard problems.count == problemsBefore else { return nil }
        do throws(SettingsProblem) {
            return try draft.test(line: node.line)
        } catch {
            problems.append(error)
            return nil
        }
    }

    private static func repeatedNames(in tests: [FunctionTest]) -> [SettingsProblem] {
        var lines: [String: Int] = [:]
        return tests.compactMap { test in
            guard let first = lines.updateValue(test.line, forKey: test.name) else { return nil }
            return SettingsProblem(
                line: test.line,
                "case \(quoted(test.name)) has the name of the one in line \(first); give it "
                    + "another")
        }
    }
}
