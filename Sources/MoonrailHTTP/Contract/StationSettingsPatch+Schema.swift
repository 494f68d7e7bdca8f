import MoonrailCore

extension StationSettingsPatch {
    /// The body of routes that take one.
    static let routeBody = RouteBody([.json(.literal(schema))], isOptional: true)

    /// What it looks like as JSON, by the members and ranges that it is read with.
    private static var schema: JSONValue {
        var tables: [String: [String: JSONValue]] = [:]
        var members: [String: JSONValue] = [:]
        for member in Member.allCases {
            let parts = member.rawValue.split(separator: ".").map(String.init)
            if parts.count == 2 {
                tables[parts[0], default: [:]][parts[1]] = member.schema
            } else {
                members[parts[0]] = member.schema
            }
        }
        for (name, table) in tables {
            let mayBeRemoved = Member.allCases.allSatisfy {
                !$0.rawValue.hasPrefix(name + ".") || $0.mayBeRemoved
            }
            members[name] = .object([
                "type": mayBeRemoved
                    ? .array([.string("object"), .string("null")]) : .string("object"),
                "properties": .object(table), "additionalProperties": .bool(false),
            ])
        }
        return .object([
            "type": .string("object"), "properties": .object(members),
            "additionalProperties": .bool(false),
        ])
    }
}

extension StationSettingsPatch.Member {
    fileprivate var schema: JSONValue {
        .object([
            "type": mayBeRemoved
                ? .array([.string("integer"), .string("null")]) : .string("integer"),
            "minimum": .integer(Int64(clamping: range.lowerBound)),
            "maximum": .integer(Int64(clamping: range.upperBound)),
        ])
    }
}
