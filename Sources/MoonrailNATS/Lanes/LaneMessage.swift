import MoonrailCore

/// A message of a lane's log: a claim, settlements, or values that belong to the settlements behind it
/// (docs/formats.md, NATS).
///
/// One message is stored as a whole or not at all: that is what makes a settlement one.
struct LaneMessage: Hashable, Sendable {
    enum Kind: UInt8 {
        /// Somebody has taken the lane over; older claims are lost.
        case claim = 1
        case settlements = 2
        /// Values of the settlements to come, which are too many for one message.
        case values = 3
    }

    var kind: Kind
    /// Tells the messages of two attempts apart; no two are equal.
    var nonce: UInt64
    /// How the lane stands after it; of `values` as before.
    var state: LaneState
    /// Messages of values right in front of it that belong to it.
    var parts: UInt32 = 0
    var journal: [[UInt8]] = []
    var values = LaneValueRecords()

    private static let format: UInt8 = 1

    init(_ kind: Kind, nonce: UInt64, state: LaneState) {
        self.kind = kind
        self.nonce = nonce
        self.state = state
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.format, kind.rawValue]
        bytes.appendLittleEndian(nonce)
        state.encode(to: &bytes)
        bytes.appendLittleEndian(parts)
        bytes.appendLittleEndian(UInt32(journal.count))
        for record in journal {
            bytes.appendLittleEndian(UInt32(record.count))
            bytes += record
        }
        bytes.appendLittleEndian(UInt32(values.bytes.count))
        bytes += values.bytes
        return bytes
    }

    /// - Throws: `corrupt` when the bytes are no message of this format.
    init(_ bytes: [UInt8], of lane: LaneID, at sequence: UInt64) throws(EngineError) {
        let read = bytes.withUnsafeBytes { try? Self(encoded: $0) }
        guard let read else {
            throw .corrupt(
                "lane \(lane): message \(sequence) of its log is none that this version wrote")
        }
        self = read
    }

    private init(encoded bytes: UnsafeRawBufferPointer) throws {
        var reader = ByteReader(bytes)
        guard try reader.integer(UInt8.self) == Self.format,
            let kind = Kind(rawValue: try reader.integer())
        else { throw Unreadable() }
        let nonce = try reader.integer(UInt64.self)
        self.init(kind, nonce: nonce, state: try LaneState(&reader))
        parts = try reader.integer()
        for _ in 0..<(try reader.integer(UInt32.self)) { journal.append(try reader.textBytes()) }
        guard let values = LaneValueRecords(bytes: try reader.textBytes()), reader.remaining == 0
        else { throw Unreadable() }
        self.values = values
    }

    /// The numbers of its journal records.
    var numbers: Range<UInt64> {
        state.settlements - UInt64(journal.count)..<state.settlements
    }

    /// As messages of at most about `bytes` each: first such of values, then itself.
    func cut(to bytes: Int) -> [LaneMessage] {
        guard encoded.count > bytes, values.count > 1 else { return [self] }
        var messages: [LaneMessage] = []
        var part = LaneMessage(.values, nonce: nonce, state: state)
        values.forEach { record in
            if !part.values.isEmpty, part.values.bytes.count + record.bytes.count > bytes / 2 {
                messages.append(part)
                part.values = LaneValueRecords()
            }
            part.values.append(record)
        }
        if !part.values.isEmpty { messages.append(part) }
        var last = self
        last.values = LaneValueRecords()
        last.parts = UInt32(messages.count)
        return messages + [last]
    }
}

extension LaneValueRecords {
    mutating func append(_ record: LaneValueRecord) {
        guard let space = LaneValueSpace(rawValue: record.space) else { return }
        append(space, key: record.key, value: record.value)
    }
}

private struct Unreadable: Error {}
