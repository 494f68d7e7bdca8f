import FoundationEssentials

/// Facts as one line of JSON, as the API writes them.
enum JSONText {
    static func text(_ facts: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(facts), as: UTF8.self)
    }
}
