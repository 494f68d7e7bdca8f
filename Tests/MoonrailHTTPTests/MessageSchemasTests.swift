import MoonrailCore
import MoonrailHTTP
import Testing

/// Schemas that are derived from how messages read themselves.
@Suite struct MessageSchemasTests {
    struct Leaf: Decodable, Sendable {
        enum Color: String, CaseIterable, Decodable { case red, green }

        var name: String
        var count: UInt32
        var color: Color
        var ratio: Double?
        var anything: JSONValue

        enum CodingKeys: String, CodingKey {
            case name, color, ratio, anything
            case count = "how_many"
        }
    }

    struct Tree: Decodable, Sendable {
        var leaf: Leaf?
        var branches: [Tree]
        var tags: [String: Bool]
    }

    struct ByHand: Decodable, Sendable {
        init(from decoder: any Decoder) throws {
            _ = try decoder.singleValueContainer().decode(String.self)
        }
    }

    @Test func `a message's schema is what it asks for when it reads itself`() throws {
        let schemas = MessageSchemas()
        let reference = try schemas.schema(of: .message(Leaf.self))
        #expect(reference == ["$ref": "#/components/schemas/MessageSchemasTestsLeaf"])
        #expect(
            schemas.components["MessageSchemasTestsLeaf"] == [
                "type": "object", "required": ["anything", "color", "how_many", "name"],
                "properties": [
                    "name": ["type": "string"],
                    "how_many": ["type": "integer", "minimum": 0, "maximum": 4_294_967_295],
                    "color": ["type": "string", "enum": ["red", "green"]],
                    "ratio": ["anyOf": [["type": "number"], ["type": "null"]]],
                    "anything": [:],
                ],
            ])
    }

    @Test func `a message may hold others of its kind`() throws {
        let schemas = MessageSchemas()
        let reference = try schemas.schema(of: .message(Tree.self))
        #expect(
            schemas.components["MessageSchemasTestsTree"] == [
                "type": "object", "required": ["branches", "tags"],
                "properties": [
                    "leaf": [
                        "anyOf": [
                            ["$ref": "#/components/schemas/MessageSchemasTestsLeaf"],
                            ["type": "null"],
                        ]
                    ],
                    "branches": ["type": "array", "items": reference],
                    "tags": ["type": "object", "additionalProperties": ["type": "boolean"]],
                ],
            ])
    }

    @Test func `a message that reads itself by hand has to say its schema`() {
        #expect(throws: MessageSchemas.Unknown.self) {
            try MessageSchemas().schema(of: .message(ByHand.self))
        }
    }
}
