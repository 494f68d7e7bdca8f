/// Says which stations are meant: tokens joined by dots, of which `*` stands for any one token and
/// `**`, at the end, for all that are left, at least one. `orders.*`, `**`.
package struct StationPattern: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Matches every station.
    package static let all = StationPattern(trusted: "**")

    /// - Throws: `InvalidName` that says which rule the text breaks.
    package init(_ text: String) throws(InvalidName) {
        let tokens = text.split(separator: ".", omittingEmptySubsequences: false)
        // What stands for other tokens is replaced by one that every name may have.
        let plain = tokens.enumerated().map { index, token in
            switch token {
            case "*": "a"
            case "**" where index == tokens.count - 1: "a"
            default: String(token)
            }
        }
        do {
            _ = try StationName(plain.joined(separator: "."))
        } catch {
            throw InvalidName(
                description: "'\(text)' is not a pattern of station names: use tokens of a-z, 0-9, "
                    + "'_' and '-' joined by dots, '*' for any one token, and '**' at the end for "
                    + "all that are left")
        }
        self.text = text
    }

    private init(trusted text: String) {
        self.text = text
    }

    /// Whether the station is one of those that are meant.
    package func matches(_ station: StationName) -> Bool {
        let wanted = text.split(separator: ".")
        let tokens = station.text.split(separator: ".")
        for (index, token) in wanted.enumerated() {
            if token == "**" { return index < tokens.count }
            guard index < tokens.count, token == "*" || token == tokens[index] else { return false }
        }
        return wanted.count == tokens.count
    }

    package var description: String { text }
}
