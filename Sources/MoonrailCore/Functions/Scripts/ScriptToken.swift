/// One token of a script.
struct ScriptToken: Hashable {
    enum Kind: Hashable {
        case name, keyword, symbol, string, number, end
    }

    let kind: Kind
    /// As it is written; of a string what it says, as far as that is plain text.
    let text: String
    /// From 1.
    let line: Int

    static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if",
        "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    /// Longer ones first, so that `...` is not taken for `..`.
    static let symbols = [
        "...", "<<", ">>", "//", "==", "~=", "<=", ">=", "::", "..", "+", "-", "*", "/", "%", "^",
        "#", "&", "~", "|", "<", ">", "=", "(", ")", "{", "}", "[", "]", ";", ":", ",", ".",
    ].map { Array($0.utf8) }

    func isKeyword(_ word: String) -> Bool { kind == .keyword && text == word }
    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
}

/// A source that is not understood here. Whether it is a script only the host can say.
struct UnreadableScript: Error, Hashable {
    let line: Int
}
