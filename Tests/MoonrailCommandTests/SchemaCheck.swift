import MoonrailCore

/// Says where a document is not what a JSON Schema tells: the part of the language that the API's
/// description uses. Members that the schema does not tell of are mistakes, too, where it tells of
/// any.
struct SchemaCheck {
    /// The document that references are of.
    let root: JSONValue

    /// - Returns: a sentence for each place; empty when all is as told.
    func mistakes(in value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
        guard case .object(let rules) = schema else { return ["\(place): no schema"] }
        if case .string(let reference)? = rules["$ref"] {
            return self.mistakes(in: value, resolved(reference), at: place)
        }
        for word in ["anyOf", "oneOf"] {
            guard case .array(let choices)? = rules[word] else { continue }
            let tried = choices.map { self.mistakes(in: value, $0, at: place) }
            return tried.contains([]) ? [] : tried.flatMap(\.self)
        }
        var mistakes: [String] = []
        if let type = rules["type"], !Self.is(value, type) {
            return ["\(place): \(value) is not \(type)"]
        }
        if case .array(let choices)? = rules["enum"], !choices.contains(value) {
            mistakes.append("\(place): \(value) is none of \(choices)")
        }
        if case .integer(let number) = value {
            if case .integer(let least)? = rules["minimum"], number < least {
                mistakes.append("\(place): \(number) is below \(least)")
            }
            if case .integer(let most)? = rules["maximum"], number > most {
                mistakes.append("\(place): \(number) is over \(most)")
            }
        }
        if case .array(let elements) = value, let items = rules["items"] {
            for (index, element) in elements.enumerated() {
                mistakes += self.mistakes(in: element, items, at: "\(place)[\(index)]")
            }
        }
        if case .object(let members) = value {
            mistakes += self.mistakes(inMembers: members, rules, at: place)
        }
        return mistakes
    }

    private func mistakes(
        inMembers members: [String: JSONValue], _ rules: [String: JSONValue], at place: String
    ) -> [String] {
        var mistakes: [String] = []
        if case .array(let required)? = rules["required"] {
            for case .string(let name) in required where members[name] == nil {
                mistakes.append("\(place): '\(name)' is missing")
            }
        }
        var known: [String: JSONValue] = [:]
        if case .object(let properties)? = rules["properties"] { known = properties }
        for (name, value) in members {
            if let schema = known[name] {
                mistakes += self.mistakes(in: value, schema, at: "\(place).\(name)")
            } else if case .object? = rules["additionalProperties"],
                let schema = rules["additionalProperties"]
            {
                mistakes += self.mistakes(in: value, schema, at: "\(place).\(name)")
            } else if !known.isEmpty {
                mistakes.append("\(place): '\(name)' is not told of")
            }
        }
        return mistakes
    }

    private func resolved(_ reference: String) -> JSONValue {
        reference.split(separator: "/").dropFirst().reduce(root) { value, name in
            guard case .object(let members) = value else { return .null }
            return members[String(name)] ?? .null
        }
    }

    private static func `is`(_ value: JSONValue, _ type: JSONValue) -> Bool {
        if case .array(let types) = type { return types.contains { Self.is(value, $0) } }
        return switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool),
            ("null", .null), ("integer", .integer), ("number", .integer), ("number", .double):
            true
        default: false
        }
    }
}
