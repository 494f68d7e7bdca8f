import Glibc
import MoonrailCore

/// The tests beside a function: `functions/celsius.test.yaml`, a list of cases.
package enum FunctionTestFile {
    /// Reads the cases of one file of at most 1 MiB. Blocks.
    ///
    /// - Throws: all that is wrong in the file, each with its line.
    package static func tests(in path: String) throws(ConfigurationError) -> [FunctionTest] {
        try tests(of: text(of: path), path)
    }

    private static func text(of path: String) throws(ConfigurationError) -> String {
        do throws(SettingsProblem) {
            return try SettingsFile(path: path).text()
        } catch {
            throw ConfigurationError(messages: [error.message(in: path)])
        }
    }

    /// The text of a file of tests with more cases at its end.
    ///
    /// - Parameters:
    ///   - path: of the file, which need not exist yet; it is read, not written.
    ///   - namesStation: whether the cases' events say which station they come from.
    /// - Throws: what is wrong in the file; or that it can't be added to, because it would not read
    ///   back as it was and as the cases are.
    package static func text(
        of path: String, adding cases: [FunctionTest], namesStation: Bool
    ) throws(ConfigurationError) -> String {
        var text = ""
        var before: [FunctionTest] = []
        if access(path, F_OK) == 0 {
            text = try self.text(of: path)
            before = try tests(of: text, path)
        }
        if !text.isEmpty { text += text.hasSuffix("\n") ? "\n" : "\n\n" }
        text += cases.map { FunctionTestWriter.text(of: $0, namesStation: namesStation) }
            .joined(separator: "\n")
        let read = try? tests(of: text, path)
        guard text.utf8.count <= SettingsBounds.fileBytes, let read,
            read.count == before.count
                + cases.count, zip(read, before + cases).allSatisfy({ $0.isSame(as: $1) })
        else {
            throw ConfigurationError(messages: [
                "\(path): the cases can't be added: it must be a list of cases written under each "
                    + "other, of at most \(SettingsBounds.fileBytes) bytes in all"
            ])
        }
        return text
    }

    private static func tests(
        of text: String, _ path: String
    ) throws(ConfigurationError) -> [FunctionTest] {
        var problems: [SettingsProblem] = []
        var tests: [FunctionTest] = []
        do throws(SettingsProblem) {
            let document = try YAMLDocument(text, problems: &problems)
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
        guard problems.isEmpty else { throw ConfigurationError(problems, in: path) }
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

extension FunctionTest {
    /// Whether it says the same, whatever line it stands in.
    fileprivate func isSame(as other: FunctionTest) -> Bool {
        var moved = self
        moved.line = other.line
        for index in moved.events.indices where index < other.events.count {
            if moved.events[index].station == nil {
                moved.events[index].station = other.events[index].station
            }
        }
        return moved == other
    }
}
