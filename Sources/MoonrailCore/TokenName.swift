/// The name of a token: tokens of `[a-z0-9][a-z0-9_-]*` joined by dots, 1 to 64 bytes in all.
package struct TokenName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Longest name: it is shown in every line of the audit.
    private static let bytesMaximum = 64

    package let text: String

    /// - Throws: `InvalidName` that says which rule the text breaks.
    package init(_ text: String) throws(InvalidName) {
        try InvalidName.check(text, kind: "token", bytesMaximum: Self.bytesMaximum)
        self.text = text
    }

    package var description: String { text }

    package static func < (left: TokenName, right: TokenName) -> Bool { left.text < right.text }
}
