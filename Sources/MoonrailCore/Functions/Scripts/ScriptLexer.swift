/// Cuts a script's source into tokens.
struct ScriptLexer {
    private let source: [UInt8]
    private var at = 0
    private var line = 1

    init(_ source: [UInt8]) {
        self.source = source
    }

    /// All tokens, the last of kind `end`.
    static func tokens(of source: [UInt8]) throws(UnreadableScript) -> [ScriptToken] {
        var lexer = ScriptLexer(source)
        var tokens: [ScriptToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func next() throws(UnreadableScript) -> ScriptToken {
        try skipSpace()
        guard let byte = peek() else { return token(.end, "") }
        switch byte {
        case _ where Self.startsName(byte):
            let word = taken { Self.startsName($0) || Self.isDigit($0) }
            return token(ScriptToken.keywords.contains(word) ? .keyword : .name, word)
        case _ where Self.isDigit(byte),
            UInt8(ascii: ".") where peek(1).map(Self.isDigit) ?? false:
            return number()
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return try quoted(by: byte)
        case UInt8(ascii: "["):
            if let level = longBracketLevel() {
                let start = line
                return ScriptToken(kind: .string, text: try longBracket(level), line: start)
            }
            return try symbol()
        default:
            return try symbol()
        }
    }

    private func token(_ kind: ScriptToken.Kind, _ text: String) -> ScriptToken {
        ScriptToken(kind: kind, text: text, line: line)
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        at + ahead < source.count ? source[at + ahead] : nil
    }

    private static func startsName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private mutating func taken(while isWanted: (UInt8) -> Bool) -> String {
        let start = at
        while let byte = peek(), isWanted(byte) { at += 1 }
        return String(decoding: source[start..<at], as: UTF8.self)
    }

    private mutating func skipSpace() throws(UnreadableScript) {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                at += 1
            case UInt8(ascii: " "), 0x09, 0x0B, 0x0C, 0x0D:
                at += 1
            case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
                at += 2
                if peek() == UInt8(ascii: "["), let level = longBracketLevel() {
                    _ = try longBracket(level)
                } else {
                    while let byte = peek(), byte != UInt8(ascii: "\n") { at += 1 }
                }
            default:
                return
            }
        }
    }

    /// How many `=` stand in the `[==[` that begins here; nil when none begins.
    private func longBracketLevel() -> Int? {
        var level = 0
        while peek(1 + level) == UInt8(ascii: "=") { level += 1 }
        return peek(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    private mutating func longBracket(_ level: Int) throws(UnreadableScript) -> String {
        let end =
            [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level)
            + [UInt8(ascii: "]")]
        at += level + 2
        let start = at
        while at + end.count <= source.count {
            if source[at..<at + end.count].elementsEqual(end) {
                at += end.count
                return String(decoding: source[start..<at - end.count], as: UTF8.self)
            }
            if source[at] == UInt8(ascii: "\n") { line += 1 }
            at += 1
        }
        throw UnreadableScript(line: line)
    }

    private mutating func quoted(by quote: UInt8) throws(UnreadableScript) -> ScriptToken {
        at += 1
        var text: [UInt8] = []
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            at += 1
            if byte == quote { return token(.string, String(decoding: text, as: UTF8.self)) }
            text.append(byte)
            // What an escape stands for does not matter here: no name that means something to
            // Moonrail needs one. Only its end does.
            guard byte == UInt8(ascii: "\\"), let escaped = peek() else { continue }
            text.append(escaped)
            at += 1
            if escaped == UInt8(ascii: "\n") { line += 1 }
            if escaped == UInt8(ascii: "z") { skipLineEnds() }
        }
        throw UnreadableScript(line: line)
    }

    /// What `\z` lets a string skip.
    private mutating func skipLineEnds() {
        while let byte = peek(), byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte) {
            if byte == UInt8(ascii: "\n") { line += 1 }
            at += 1
        }
    }

    private mutating func number() -> ScriptToken {
        let isHexadecimal =
            peek() == UInt8(ascii: "0") && peek(1).map { $0 | 0x20 } == UInt8(ascii: "x")
        let exponent = UInt8(ascii: isHexadecimal ? "p" : "e")
        var before: UInt8 = 0
        let text = taken { byte in
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            let belongs =
                Self.isDigit(byte) || Self.startsName(byte) || byte == UInt8(ascii: ".")
                || (isSign && before | 0x20 == exponent)
            before = byte
            return belongs
        }
        return token(.number, text)
    }

    private mutating func symbol() throws(UnreadableScript) -> ScriptToken {
        for symbol in ScriptToken.symbols where source[at...].starts(with: symbol) {
            at += symbol.count
            return token(.symbol, String(decoding: symbol, as: UTF8.self))
        }
        throw UnreadableScript(line: line)
    }
}
