import MoonrailCore

/// Writes cases of tests as YAML that people read and change.
enum FunctionTestWriter {
    /// The case as an element of the list that a file of tests is, with the end of its last line.
    ///
    /// - Parameter namesStation: whether its events say which station they come from.
    static func text(of test: FunctionTest, namesStation: Bool) -> String {
        var text = "- name: \(quoted(test.name))\n"
        for given in test.events {
            text += test.events.count == 1 ? "  event: " : "    - "
            text += event(given, namesStation) + "\n"
        }
        if !test.state.isEmpty { text += "  state: \(flow(.object(test.state)))\n" }
        if let version = test.stateVersion { text += "  state_version: \(version)\n" }
        if let emissions = test.expected.emissions {
            text += emissions.isEmpty ? "  emits: {}\n" : "  emits:\n"
            for (station, events) in emissions.sorted(by: { $0.key < $1.key }) {
                text += "    \(station):\n"
                for event in events { text += "      - \(emission(event))\n" }
            }
        }
        switch test.expected.failure {
        case .rejected(let reason): text += "  rejects: \(quoted(reason))\n"
        case .raised(let part): text += "  raises: \(quoted(part))\n"
        case nil: break
        }
        if let state = test.expected.state {
            text += "  state_after: \(flow(.object(state)))\n"
        }
        return text
    }

    private static func event(_ given: FunctionTest.Given, _ namesStation: Bool) -> String {
        let event = given.event
        var members: [String] = []
        if event.isJSON, let data = try? JSONValue(parsing: event.payload) {
            members.append("data: \(flow(data))")
        } else {
            members.append("bytes: \(quoted(String(decoding: event.payload, as: UTF8.self)))")
        }
        members += texts([
            ("key", event.key.map { String(decoding: $0, as: UTF8.self) }),
            ("id", event.id?.description), ("type", event.type), ("time", "\(event.time)"),
            ("station", namesStation ? given.station?.text : nil),
        ])
        let headers = Dictionary(event.headers.map { ($0.name, $0.value) }) { $1 }
        if !headers.isEmpty { members.append("headers: \(flow(headers))") }
        return "{ \(members.joined(separator: ", ")) }"
    }

    private static func emission(_ event: FunctionTest.Emission) -> String {
        var members: [String] = []
        if let data = event.data { members.append("data: \(flow(data))") }
        members += texts([
            ("bytes", event.bytes), ("key", event.key), ("id", event.id), ("type", event.type),
        ])
        if let headers = event.headers { members.append("headers: \(flow(headers))") }
        return "{ \(members.joined(separator: ", ")) }"
    }

    private static func texts(_ members: [(name: String, text: String?)]) -> [String] {
        members.compactMap { member in member.text.map { "\(member.name): \(quoted($0))" } }
    }

    private static func flow(_ texts: [String: String]) -> String {
        flow(.object(texts.mapValues(JSONValue.string)))
    }

    private static func flow(_ value: JSONValue) -> String {
        switch value {
        case .null: return "null"
        case .bool(let value): return "\(value)"
        case .integer(let number): return "\(number)"
        case .double(let number): return "\(number)"
        case .string(let text): return quoted(text)
        case .array(let elements):
            return "[" + elements.map(flow).joined(separator: ", ") + "]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let entries = members.sorted { $0.key < $1.key }
                .map { "\(key($0.key)): \(flow($0.value))" }
            return "{ \(entries.joined(separator: ", ")) }"
        }
    }

    /// Plain where no reader of YAML could take it for anything else.
    private static func key(_ name: String) -> String {
        let isPlain =
            name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
            && SettingsScalar(plain: name).value == .string
            && !["y", "n"].contains(name.lowercased())
        return isPlain ? name : quoted(name)
    }

    /// In double quotes, with everything escaped that YAML does not take as it is.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case " "..."~", "\u{A0}"..."\u{2027}", "\u{202A}"..."\u{D7FF}",
                "\u{E000}"..."\u{FEFE}", "\u{FF00}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                quoted.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return quoted + "\""
    }
}
