/// One thing that is wrong.
struct SettingsProblem: Error {
    /// Line in the file, from 1; nil for what stands in no line.
    let line: Int?
    /// A sentence, one line.
    let text: String

    init(line: Int? = nil, _ text: String) {
        self.line = line
        self.text = text
    }

    func message(in file: String) -> String {
        line.map { "\(file):\($0): \(text)" } ?? "\(file): \(text)"
    }
}

/// A text from the user in quotes, as messages show it: shortened, and always on one line.
func quoted(_ text: String) -> String {
    let shown = text.prefix(60).map { character in
        character.isNewline || character.asciiValue.map { $0 < 32 } == true ? " " : character
    }
    return "'\(String(shown))\(shown.count < text.count ? "..." : "")'"
}
