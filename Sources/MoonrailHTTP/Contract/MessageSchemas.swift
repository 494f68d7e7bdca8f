import MoonrailCore

/// The JSON Schemas of messages, derived from how their types read themselves: a type is asked to
/// decode itself, and what it asks for is its schema. So neither can change without the other.
///
/// Types that read themselves by hand say their schema (`DescribedMessage`).
package final class MessageSchemas {
    /// A type whose schema can't be derived.
    package struct Unknown: Error, CustomStringConvertible {
        package let description: String
    }

    /// The schemas of all messages that were asked for so far, by the names that references use.
    package private(set) var components: [String: JSONValue] = [:]
    private var names: [ObjectIdentifier: String] = [:]

    package init() {}

    /// The schema of a value.
    ///
    /// - Throws: `Unknown` for a message whose schema can't be derived.
    package func schema(of schema: RouteSchema) throws -> JSONValue {
        switch schema {
        case .message(let type): return try self.schema(of: type)
        case .list(let element):
            return ["type": "array", "items": try self.schema(of: element)]
        case .text(let bytesMaximum):
            guard let bytesMaximum else { return ["type": "string"] }
            return ["type": "string", "maxLength": .integer(Int64(bytesMaximum))]
        case .number(let range): return Self.number(range)
        case .flag: return ["type": "boolean"]
        case .choice(let names):
            return ["type": "string", "enum": .array(names.map(JSONValue.string))]
        case .oneOf(let schemas):
            return ["oneOf": .array(try schemas.map { try self.schema(of: $0) })]
        case .any: return [:]
        case .bytes: return [:]
        case .literal(let schema): return schema
        }
    }

    /// The schema of a type: a reference, where it is a message.
    func schema<Value: Decodable>(of type: Value.Type) throws -> JSONValue {
        if let described = type as? any DescribedMessage.Type { return try described.schema(self) }
        if let choices = Self.choices(type) {
            return ["type": "string", "enum": .array(choices.map(JSONValue.string))]
        }
        let id = ObjectIdentifier(type)
        if let name = names[id] { return Self.reference(name) }
        let name = try Self.name(type)
        guard components[name] == nil else {
            throw Unknown(description: "two messages would be called \(name)")
        }
        names[id] = name
        // A message may hold lists of its own kind, which find it under its name meanwhile.
        components[name] = [:]
        let probe = MessageProbe(schemas: self)
        _ = try Value(from: probe)
        components[name] = probe.schema
        return Self.reference(name)
    }

    /// A value of the type, as good as any other.
    func value<Value: Decodable>(of type: Value.Type) throws -> Value {
        if let described = type as? any DescribedMessage.Type,
            let value = described.example as? Value
        {
            return value
        }
        if let cases = type as? any CaseIterable.Type, let value = Self.first(cases) as? Value {
            return value
        }
        return try Value(from: MessageProbe(schemas: self))
    }

    static func number(_ range: ClosedRange<UInt64>) -> JSONValue {
        [
            "type": "integer", "minimum": .integer(Int64(clamping: range.lowerBound)),
            "maximum": .integer(Int64(clamping: range.upperBound)),
        ]
    }

    private static func reference(_ name: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/" + name)]
    }

    /// What a message is called: `StationMessage.Window` is `StationWindow`.
    private static func name(_ type: any Any.Type) throws -> String {
        let parts = String(reflecting: type).split(separator: ".").dropFirst()
        guard !parts.isEmpty, !parts.joined().contains(where: { !$0.isLetter && !$0.isNumber })
        else { throw Unknown(description: "\(type) is no message") }
        return parts.map { part in
            part.hasSuffix("Message") ? String(part.dropLast("Message".count)) : String(part)
        }.joined()
    }

    /// The texts that a type with cases has; nil for another one.
    private static func choices(_ type: any Any.Type) -> [String]? {
        func texts<Choice: CaseIterable>(_ type: Choice.Type) -> [String]? {
            let texts = type.allCases.compactMap {
                ($0 as? any RawRepresentable)?.rawValue as? String
            }
            return texts.count == type.allCases.count ? texts : nil
        }
        return (type as? any CaseIterable.Type).flatMap { texts($0) }
    }

    private static func first(_ type: any CaseIterable.Type) -> Any? {
        func first<Choice: CaseIterable>(_ type: Choice.Type) -> Any? { type.allCases.first }
        return first(type)
    }
}

/// A type that says its JSON Schema itself, as it is no table of members.
protocol DescribedMessage: Decodable {
    static func schema(_ schemas: MessageSchemas) throws -> JSONValue
    /// Any value of the type.
    static var example: Self { get }
}

extension String: DescribedMessage {
    static func schema(_ schemas: MessageSchemas) -> JSONValue { ["type": "string"] }
    static var example: String { "" }
}

extension Bool: DescribedMessage {
    static func schema(_ schemas: MessageSchemas) -> JSONValue { ["type": "boolean"] }
    static var example: Bool { false }
}

extension Double: DescribedMessage {
    static func schema(_ schemas: MessageSchemas) -> JSONValue { ["type": "number"] }
    static var example: Double { 0 }
}

extension DescribedMessage where Self: FixedWidthInteger {
    static func schema(_ schemas: MessageSchemas) -> JSONValue {
        guard Self.isSigned else {
            return MessageSchemas.number(0...UInt64(truncatingIfNeeded: Self.max))
        }
        return [
            "type": "integer", "format": .string(Self.bitWidth == 64 ? "int64" : "int32"),
        ]
    }
    static var example: Self { 0 }
}

extension Int: DescribedMessage {}
extension Int32: DescribedMessage {}
extension Int64: DescribedMessage {}
extension UInt16: DescribedMessage {}
extension UInt32: DescribedMessage {}
extension UInt64: DescribedMessage {}

extension Array: DescribedMessage where Element: Decodable {
    static func schema(_ schemas: MessageSchemas) throws -> JSONValue {
        ["type": "array", "items": try schemas.schema(of: Element.self)]
    }
    static var example: [Element] { [] }
}

extension Dictionary: DescribedMessage where Key == String, Value: Decodable {
    static func schema(_ schemas: MessageSchemas) throws -> JSONValue {
        ["type": "object", "additionalProperties": try schemas.schema(of: Value.self)]
    }
    static var example: [String: Value] { [:] }
}

extension JSONValue: DescribedMessage {
    static func schema(_ schemas: MessageSchemas) -> JSONValue { [:] }
    static var example: JSONValue { .null }
}
