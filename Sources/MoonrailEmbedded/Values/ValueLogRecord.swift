import MoonrailCore

/// What one settlement changed of its lane's values that the table gets later: a row of the log of
/// values (`docs/formats.md`).
struct ValueLogRecord: Sendable {
    let changes: LaneValueRecords
    /// The `body` of its row.
    let body: [UInt8]

    private enum Format: UInt8 {
        case plain = 1
        case packed = 2
    }

    /// Checksum, format, and bytes of what follows when it is unpacked.
    private static let headerBytes = 9
    private static let checkedFrom = 4
    /// Fewer bytes stay as they are.
    private static let packedBytesMin = 256

    init(_ changes: LaneValueRecords) {
        self.changes = changes
        var body =
            Self.packed(changes.bytes)
            ?? Self.header(.plain, changes.bytes.count) + changes.bytes
        body.storeLittleEndian(body.withUnsafeBytes { Self.checksum($0) }, at: 0)
        self.body = body
    }

    /// - Returns: nil when the bytes are not what was written.
    init?(body: [UInt8]) {
        let plain = body.withUnsafeBytes { bytes -> [UInt8]? in
            guard bytes.count > Self.headerBytes,
                bytes.littleEndian(UInt32.self, at: 0) == Self.checksum(bytes),
                let format = Format(rawValue: bytes[Self.checkedFrom])
            else { return nil }
            let count = Int(bytes.littleEndian(UInt32.self, at: Self.checkedFrom + 1))
            let rest = bytes.part(Self.headerBytes, bytes.count - Self.headerBytes)
            switch format {
            case .plain: return rest.count == count ? Array(rest) : nil
            case .packed: return Self.unpacked(rest, count: count)
            }
        }
        guard let plain, let changes = LaneValueRecords(bytes: plain) else { return nil }
        self.changes = changes
        self.body = body
    }

    private static func header(_ format: Format, _ count: Int) -> [UInt8] {
        var header: [UInt8] = [0, 0, 0, 0, format.rawValue]
        header.appendLittleEndian(UInt32(count))
        return header
    }

    private static func packed(_ plain: [UInt8]) -> [UInt8]? {
        guard plain.count >= packedBytesMin else { return nil }
        return LZ4Codec().packed(plain, behind: header(.packed, plain.count))
    }

    private static func unpacked(_ packed: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
        // LZ4 makes at most 255 bytes of one.
        guard count <= packed.count * 255 else { return nil }
        return LZ4Codec().unpacked(packed, count: count)
    }

    private static func checksum(_ body: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(
            truncatingIfNeeded: contentHash(
                body.part(checkedFrom, body.count - checkedFrom), seed: 0))
    }
}

extension LaneValueSpace {
    /// Whether the table gets its values later, behind the log of values: many of them change with
    /// each settlement, and each has a page of the table to itself.
    var isWrittenBehind: Bool { self == .state }
}

extension Settlement {
    /// Its changes for the log of values; nil when there are none.
    var valueLog: ValueLogRecord? {
        var records = values
        for change in changes where change.space.isWrittenBehind { records.append(change) }
        return records.isEmpty ? nil : ValueLogRecord(records)
    }
}
