import Yams

/// A YAML file as nodes that know their lines.
struct YAMLDocument {
    let root: SettingsNode

    /// - Parameter problems: gets what is wrong with single nodes, which does not stop the reading.
    /// - Throws: when the file has no tree of nodes: broken YAML, duplicate keys (which Yams
    ///   reports so), or more than the bounds allow.
    init(_ text: String, problems: inout [SettingsProblem]) throws(SettingsProblem) {
        let node: Node?
        do {
            // The encoding is given because the default depends on an environment variable.
            node = try Yams.compose(yaml: text, .default, .default, .utf8)
        } catch let error as YamlError {
            throw SettingsProblem(error, in: text)
        } catch {
            throw SettingsProblem("broken YAML: \(error)")
        }
        var reader = NodeReader()
        root =
            try node.map { node throws(SettingsProblem) in
                try reader.read(node, line: node.mark?.line, depth: 1)
            } ?? SettingsNode(.table([]), line: nil)
        problems += reader.problems
    }
}

private struct NodeReader {
    var problems: [SettingsProblem] = []
    private var values = 0

    mutating func read(_ node: Node, line: Int?, depth: Int) throws(SettingsProblem) -> SettingsNode
    {
        values += 1
        guard values <= SettingsBounds.values else {
            throw SettingsProblem("it holds over \(SettingsBounds.values) values, aliases followed")
        }
        guard depth <= SettingsBounds.nesting else {
            throw .tooDeep(line: line)
        }
        switch node {
        case .scalar(let scalar):
            return SettingsNode(.scalar(read(scalar, line: line)), line: line)
        case .sequence(let sequence):
            var list: [SettingsNode] = []
            for element in sequence {
                list.append(
                    try read(element, line: element.mark?.line ?? line, depth: depth + 1))
            }
            return SettingsNode(.list(list), line: line)
        case .mapping(let mapping):
            return SettingsNode(.table(try read(mapping, depth: depth)), line: line)
        case .alias:
            // The parser follows aliases; only nodes built in memory have them.
            throw SettingsProblem(line: line, "an alias stands for nothing")
        }
    }

    private mutating func read(_ scalar: Node.Scalar, line: Int?) -> SettingsScalar {
        // The tag as it is written: `node.tag` would resolve it by YAML 1.1.
        switch scalar.tag.rawValue {
        case Tag.Name.implicit.rawValue where scalar.style == .plain:
            return SettingsScalar(plain: scalar.string)
        case Tag.Name.implicit.rawValue, Tag.Name.str.rawValue:
            return SettingsScalar(string: scalar.string)
        case let tag:
            problems.append(
                SettingsProblem(line: line, "tag \(quoted(tag)) is not supported; remove it"))
            return SettingsScalar(string: scalar.string)
        }
    }

    private mutating func read(
        _ mapping: Node.Mapping, depth: Int
    ) throws(SettingsProblem) -> [SettingsNode.Entry] {
        var entries: [SettingsNode.Entry] = []
        var lines: [String: Int] = [:]
        for (key, value) in mapping {
            let line = key.mark?.line ?? 0
            guard case .scalar(let scalar) = key else {
                problems.append(SettingsProblem(line: line, "a key must be text"))
                continue
            }
            if scalar.string == "<<", scalar.style == .plain {
                problems.append(
                    SettingsProblem(
                        line: line, "merging with '<<' is not supported; repeat the keys"))
                continue
            }
            // Yams has seen duplicates, but takes `1` and `"1"` for two keys.
            if let first = lines.updateValue(line, forKey: scalar.string) {
                problems.append(.duplicate(scalar.string, line: first, again: line))
                continue
            }
            let value = try read(value, line: line, depth: depth + 1)
            entries.append(SettingsNode.Entry(key: scalar.string, value: value))
        }
        return entries
    }
}

extension SettingsProblem {
    fileprivate init(_ error: YamlError, in text: String) {
        switch error {
        case .parser(_, let problem, let mark, _) where problem.hasPrefix("Maximum nesting"):
            self = .tooDeep(line: mark.line)
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let context = context.map { "\($0.text) in line \($0.mark.line), " } ?? ""
            self.init(line: mark.line, "broken YAML: \(context)\(problem)")
        case .reader(let problem, let offset, _, _):
            let before = offset.map { text.prefix($0) }
            self.init(
                line: before.map { $0.count(where: \.isNewline) + 1 }, "broken YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            let name = names.first ?? ""
            self = .duplicate(
                name, line: context.mark.line,
                again: Self.lineOfKey(name, after: context.mark, in: text))
        default:
            self.init("broken YAML: \(error)")
        }
    }

    fileprivate static func tooDeep(line: Int?) -> SettingsProblem {
        SettingsProblem(line: line, "it is nested over \(SettingsBounds.nesting) deep")
    }

    fileprivate static func duplicate(_ name: String, line: Int, again: Int?) -> SettingsProblem {
        let again = again.map { " and again in line \($0)" } ?? ", and again"
        return SettingsProblem(line: line, "\(quoted(name)) is declared here\(again); keep one")
    }

    /// Where a key stands again at the column of its first: Yams tells the first place only.
    private static func lineOfKey(_ name: String, after mark: Mark, in text: String) -> Int? {
        let start = String(repeating: " ", count: max(mark.column - 1, 0)) + name + ":"
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return lines.indices.dropFirst(mark.line).first { lines[$0].hasPrefix(start) }
            .map { $0 + 1 }
    }
}
