/// One thing that is wrong.
struct SettingsProblem: Error {
    /// Line in the file, from 1; nil for what stands in no line.
    let line: Int?
    /// A sentence, one line.
    let text: String

    /// - Parameter text: may quote the user: line ends and control characters become spaces.
    init(line: Int? = nil, _ text: String) {
        self.line = line
        self.text = String(text.map { $0.isNewline || $0.isControl ? " " : $0 })
    }

    func message(in file: String) -> String {
        line.map { "\(file):\($0): \(text)" } ?? "\(file): \(text)"
    }
}

/// A text from the user in quotes, as messages show it: shortened.
func quoted(_ text: String) -> String {
    let shown = text.prefix(60)
    return "'\(shown)\(shown.endIndex < text.endIndex ? "..." : "")'"
}

extension Character {
    fileprivate var isControl: Bool {
        unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
