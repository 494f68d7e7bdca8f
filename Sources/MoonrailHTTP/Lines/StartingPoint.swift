import MoonrailCore

extension StartingPoint {
    /// Reads how people say a place: `earliest`, `latest`, `-N`, an offset, or a time.
    ///
    /// - Throws: `Problem` that says what is understood.
    package init(_ text: String) throws(Problem) {
        if text == "earliest" {
            self = .earliest
        } else if text == "latest" {
            self = .latest
        } else if text.hasPrefix("-"), let count = Self.number(text.dropFirst()) {
            self = .last(count)
        } else if let offset = Self.number(text[...]) {
            self = .offset(offset)
        } else if let time = EventTime(text) {
            self = .time(time)
        } else {
            throw .badRequest(
                "'\(text)' is no place to read from; use earliest, latest, -10 for the last ten, "
                    + "an offset such as 1200, or a time such as 2026-01-31T08:00:00Z")
        }
    }

    private static func number(_ digits: Substring) -> UInt64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return UInt64(digits)
    }
}
