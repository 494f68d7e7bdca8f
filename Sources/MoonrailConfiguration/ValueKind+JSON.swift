import MoonrailCore

extension ValueKind<JSONValue> {
    /// A table of anything that JSON can hold.
    static let jsonTable = ValueKind("a table of JSON values") {
        // No default holds anything: the reference shows an empty table.
        $0 == .object([:]) ? "{}" : "\($0)"
    } read: { node, subject, problems in
        let problemsBefore = problems.count
        var fields: [String: JSONValue] = [:]
        for entry in node.entries(subject, problems: &problems) {
            fields[entry.key] = json(entry.value, path: entry.key, subject, problems: &problems)
        }
        return problems.count == problemsBefore ? .object(fields) : nil
    }

    /// Anything that JSON can hold.
    static let json = ValueKind("a JSON value") {
        "\($0)"
    } read: { node, subject, problems in
        let problemsBefore = problems.count
        let value = json(node, path: "value", subject, problems: &problems)
        return problems.count == problemsBefore ? value : nil
    }

    /// - Parameter path: keys down to the value, joined by dots.
    /// - Returns: null in the place of a value that has added a problem.
    private static func json(
        _ node: SettingsNode, path: String, _ subject: String, problems: inout [SettingsProblem]
    ) -> JSONValue {
        switch node.content {
        case .table(let entries):
            var fields: [String: JSONValue] = [:]
            for entry in entries {
                fields[entry.key] = json(
                    entry.value, path: "\(path).\(entry.key)", subject, problems: &problems)
            }
            return .object(fields)
        case .list(let list):
            return .array(list.map { json($0, path: path, subject, problems: &problems) })
        case .scalar(let scalar):
            switch scalar.value {
            case .null: return .null
            case .bool(let value): return .bool(value)
            case .integer(let value): return .integer(value)
            case .double(let value): return .double(value)
            case .string: return .string(scalar.text)
            case .unclear(let why):
                problems.append(
                    SettingsProblem(
                        line: node.line,
                        "\(subject): \(quoted(path)) is \(quoted(scalar.text)), which \(why)"))
                return .null
            }
        }
    }
}
