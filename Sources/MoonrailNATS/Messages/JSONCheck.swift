import CJSON

/// Whether bytes that somebody else published are a JSON document.
enum JSONCheck {
    /// As deep as events over HTTP may be.
    private static let nesting: UInt32 = 512

    static func isDocument(_ bytes: [UInt8]) -> Bool {
        guard let parser = moonrail_json_parser_create(nesting) else { return false }
        defer { moonrail_json_parser_destroy(parser) }
        return bytes.withUnsafeBytes {
            moonrail_json_parse(
                parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, false)
        } == 0
    }
}
