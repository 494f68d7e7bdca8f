import MoonrailCore

/// A decoder that has no document: it takes note of which members a message asks for.
final class MessageProbe: Decoder {
    let schemas: MessageSchemas
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var members: [String: JSONValue] = [:]
    private var optional: Set<String> = []

    init(schemas: MessageSchemas) {
        self.schemas = schemas
    }

    /// What the message asked for.
    var schema: JSONValue {
        let required = members.keys.filter { !optional.contains($0) }.sorted()
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(members),
        ]
        if !required.isEmpty { schema["required"] = .array(required.map(JSONValue.string)) }
        return .object(schema)
    }

    /// A member that may be left out, or null.
    fileprivate func noteOptional(_ name: String) {
        optional.insert(name)
    }

    fileprivate func note<Value: Decodable>(_ name: String, _ type: Value.Type) throws -> Value {
        let schema = try schemas.schema(of: type)
        members[name] =
            optional.contains(name) ? ["anyOf": [schema, ["type": "null"]]] : schema
        return try schemas.value(of: type)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Members(probe: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw MessageSchemas.Unknown(description: "a message reads itself as a list by hand")
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw MessageSchemas.Unknown(description: "a message reads itself as a value by hand")
    }

    /// The members of the message. Every type of number has a method of its own in the protocol.
    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let probe: MessageProbe
        let codingPath: [any CodingKey] = []
        let allKeys: [Key] = []

        func contains(_ key: Key) -> Bool { true }

        /// Only asked for members that may be missing.
        func decodeNil(forKey key: Key) -> Bool {
            probe.noteOptional(key.stringValue)
            return false
        }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: String.Type, forKey key: Key) throws -> String {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 {
            try probe.note(key.stringValue, type)
        }
        func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 {
            try probe.note(key.stringValue, type)
        }

        func nestedContainer<NestedKey: CodingKey>(
            keyedBy type: NestedKey.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<NestedKey> {
            throw MessageSchemas.Unknown(description: "a message reads inside of a member by hand")
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            throw MessageSchemas.Unknown(description: "a message reads inside of a member by hand")
        }

        func superDecoder() throws -> any Decoder {
            throw MessageSchemas.Unknown(description: "a message has a superclass")
        }

        func superDecoder(forKey key: Key) throws -> any Decoder {
            throw MessageSchemas.Unknown(description: "a message has a superclass")
        }
    }
}
