/// A file that is not a text in UTF-8, as scripts must be, with the sentence to show.
package struct WrongEncoding: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// How the bytes of a script stand for characters.
package enum ScriptEncoding {
    private static let marks: [(bytes: [UInt8], advice: String)] = [
        (
            [0xEF, 0xBB, 0xBF],
            "it begins with a byte order mark; save it as UTF-8 without one (without BOM)"
        ),
        ([0xFF, 0xFE], "it is UTF-16; save it as UTF-8"),
        ([0xFE, 0xFF], "it is UTF-16; save it as UTF-8"),
        ([0x1B, 0x4C, 0x75, 0x61], "it is a binary chunk; functions are loaded from source"),
    ]

    /// Checks that the bytes are plain UTF-8, by which a host, an editor and the payloads of events
    /// agree on what a string of the script says.
    ///
    /// - Throws: what the file is instead, with the line.
    package static func check(_ source: [UInt8], file: String) throws(WrongEncoding) {
        if let mark = marks.first(where: { source.starts(with: $0.bytes) }) {
            throw WrongEncoding(description: "\(file):1: \(mark.advice)")
        }
        guard let place = firstBreak(in: source) else { return }
        let line = source[..<place].count { $0 == UInt8(ascii: "\n") } + 1
        guard source[place] != 0 else {
            throw WrongEncoding(
                description: "\(file):\(line): it holds a zero byte, so it is no text; save it as "
                    + "UTF-8")
        }
        let byte = String(source[place], radix: 16, uppercase: true)
        throw WrongEncoding(
            description: "\(file):\(line): byte 0x\(byte) is not UTF-8 (it may be Latin-1); save "
                + "the file as UTF-8, or write the byte as \"\\x\(byte)\"")
    }

    /// Where the first byte is that is zero or belongs to no character.
    private static func firstBreak(in source: [UInt8]) -> Int? {
        var decoder = UTF8.ForwardParser()
        var at = 0
        var iterator = source.makeIterator()
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar):
                if scalar.first == 0 { return at }
                at += scalar.count
            case .error: return at
            case .emptyInput: return nil
            }
        }
    }
}
