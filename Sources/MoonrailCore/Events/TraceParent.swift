/// The span of a distributed trace that an event was produced in, as the header `traceparent` says
/// it (https://www.w3.org/TR/trace-context/). Functions pass it on to what they emit.
package struct TraceParent: Hashable, Sendable, CustomStringConvertible {
    /// The name of the header.
    package static let headerName = "traceparent"

    package let text: String

    /// - Returns: nil for what the specification says to ignore.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts.prefix(4).map(\.utf8.count) == [2, 32, 16, 2],
            parts.prefix(4).allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }), parts[0] != "ff",
            // Later versions may say more behind; what is known stays where it is.
            parts.count == 4 || (parts[0] != "00" && text.utf8.count <= Self.bytesMaximum),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        self.text = text
    }

    private static let bytesMaximum = 256

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    package var description: String { text }
}

extension EventRecord {
    /// Nil for an event that belongs to no trace, as far as is known.
    package var traceParent: TraceParent? {
        if headersField.isEmpty { return nil }
        var found: TraceParent?
        forEachHeader { name, value in
            guard name.elementsEqual(TraceParent.headerName.utf8) else { return true }
            found = TraceParent(String(decoding: value, as: UTF8.self))
            return false
        }
        return found
    }
}
