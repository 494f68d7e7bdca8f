/// Texts of others, made safe to show: what would move a terminal's cursor is taken out.
enum TerminalText {
    /// One line of it all.
    static func line(_ text: String) -> String {
        String(text.map { $0.unicodeScalars.contains(where: isControl) ? "\u{FFFD}" : $0 })
    }

    /// With its own line ends.
    static func lines(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { line(String($0.replacing("\t", with: "    "))) }.joined(separator: "\n")
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }
}
