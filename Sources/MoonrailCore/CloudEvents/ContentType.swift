/// A media type as HTTP writes it: `application/json; charset=utf-8` (RFC 9110, section 8.3).
package struct ContentType: Hashable, Sendable {
    /// Type and subtype in lowercase: `application/json`.
    package let essence: String
    /// Names in lowercase; a quoted value without its quotes.
    package let parameters: [String: String]

    /// - Returns: nil when it has no type and subtype.
    package init?(_ text: some StringProtocol) {
        var parts = text.split(separator: ";", omittingEmptySubsequences: false)[...]
        let essence = Self.trimmed(parts.removeFirst()).lowercased()
        let halves = essence.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
            return nil
        }
        self.essence = essence
        var parameters: [String: String] = [:]
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            var value = Self.trimmed(pair[1])
            if value.count >= 2, value.first == "\"", value.last == "\"" {
                value = value.dropFirst().dropLast()
            }
            parameters[Self.trimmed(pair[0]).lowercased()] = String(value)
        }
        self.parameters = parameters
    }

    /// Whether what is of this type is a JSON document.
    package var isJSON: Bool {
        essence == "application/json" || essence == "text/json" || essence.hasSuffix("+json")
    }

    /// Whether what is of this type is text that people read, when it is not JSON.
    package var isText: Bool {
        essence.hasPrefix("text/") || essence == "application/xml" || essence.hasSuffix("+xml")
    }

    /// Whether its text may be read as UTF-8, of which US-ASCII is a part.
    package var isUTF8: Bool {
        guard let charset = parameters["charset"]?.lowercased() else { return true }
        return ["utf-8", "utf8", "us-ascii"].contains(charset)
    }

    private static func trimmed(_ text: some StringProtocol) -> Substring {
        var text = Substring(text)
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
