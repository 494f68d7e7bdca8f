import MoonrailCore

/// A place in all partitions of a station that somebody reads: for each the offset of the next
/// event, written as `0:17,1:5`.
package struct ReadPosition: Hashable, Sendable, CustomStringConvertible {
    package var offsets: [UInt32: UInt64]

    /// Partitions that the text of a place may name: as an event's id in an event stream it is
    /// repeated with each event, and comes back in a header.
    package static let partitionsMaximum = 64

    package init(_ offsets: [UInt32: UInt64] = [:]) {
        self.offsets = offsets
    }

    /// - Returns: nil when the text is no such place.
    package init?(_ text: some StringProtocol) {
        var offsets: [UInt32: UInt64] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: ":", omittingEmptySubsequences: false)
            guard pair.count == 2, pair.allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }),
                let partition = UInt32(pair[0]), let offset = UInt64(pair[1]),
                offset <= UInt64(Int64.max), offsets.count < Self.partitionsMaximum,
                offsets.updateValue(offset, forKey: partition) == nil
            else { return nil }
        }
        self.offsets = offsets
    }

    /// - Throws: `Problem` that says what is understood.
    static func read(_ text: String) throws(Problem) -> ReadPosition {
        guard let position = ReadPosition(text) else {
            throw .badRequest(
                "'\(text)' is no position; it has the offset of the next event of each partition, "
                    + "such as 0:17,1:5, for \(partitionsMaximum) partitions at most")
        }
        return position
    }

    /// - Throws: `Problem` when it has more partitions than its text may name.
    func checkCanBeTold() throws(Problem) {
        guard offsets.count > Self.partitionsMaximum else { return }
        throw .badRequest(
            "the station has \(offsets.count) partitions; a position tells of "
                + "\(Self.partitionsMaximum) at most, so read one with partition=N")
    }

    package var description: String {
        offsets.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
