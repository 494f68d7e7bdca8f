/// Changes of a lane's values under many keys, in order, as one buffer: what a run makes of state.
///
/// Of a key that is changed several times the last change counts. Appending to it and reading from
/// it allocate nothing per change.
package struct LaneValueRecords: Hashable, Sendable {
    /// The records, one after another (`docs/formats.md`, log of values).
    package private(set) var bytes: [UInt8] = []
    package private(set) var count = 0

    package init() {}

    /// - Returns: nil when the bytes are not records from the first to the last.
    package init?(bytes: [UInt8]) {
        let count = bytes.withUnsafeBytes { buffer -> Int? in
            var (count, at) = (0, 0)
            while at < buffer.count {
                guard let record = LaneValueRecord(startOf: buffer.part(at, buffer.count - at))
                else { return nil }
                count += 1
                at += record.bytes.count
            }
            return count
        }
        guard let count else { return nil }
        self.bytes = bytes
        self.count = count
    }

    package var isEmpty: Bool { count == 0 }

    /// - Parameters:
    ///   - key: 0 to 1,152 bytes.
    ///   - value: nil removes the key.
    package mutating func append(
        _ space: LaneValueSpace, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?
    ) {
        count += 1
        bytes.append(bytes: LaneValueRecord.headBytes + key.count + (value?.count ?? 0)) {
            $0.put(space.rawValue)
            $0.put(UInt8(value == nil ? 0 : 1))
            $0.put(UInt16(key.count))
            $0.put(UInt32(value?.count ?? 0))
            $0.put(key)
            if let value { $0.put(value) }
        }
    }

    package mutating func append(_ change: LaneValueChange) {
        change.key.withUnsafeBytes { key in
            if let value = change.value {
                value.withUnsafeBytes { append(change.space, key: key, value: $0) }
            } else {
                append(change.space, key: key, value: nil)
            }
        }
    }

    /// Calls `body` with each change in turn; the views must not leave the call.
    @inline(__always)
    package func forEach(_ body: (LaneValueRecord) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { buffer in
            var at = 0
            while at < buffer.count {
                let record = LaneValueRecord(trusted: buffer, at: at)
                try body(record)
                at += record.bytes.count
            }
        }
    }
}

/// A look at one change inside a buffer, valid only as long as the buffer.
package struct LaneValueRecord {
    /// Of space, whether there is a value, and the sizes of key and value.
    static let headBytes = 8

    package let bytes: UnsafeRawBufferPointer

    /// - Returns: nil when the bytes there are no whole record.
    init?(startOf buffer: UnsafeRawBufferPointer) {
        guard buffer.count >= Self.headBytes, LaneValueSpace(rawValue: buffer[0]) != nil,
            buffer[1] <= 1, Self.size(buffer, at: 0) <= buffer.count
        else { return nil }
        self.init(trusted: buffer, at: 0)
    }

    /// The record at `start` of bytes that were checked before.
    package init(trusted buffer: UnsafeRawBufferPointer, at start: Int) {
        bytes = buffer.part(start, Self.size(buffer, at: start))
    }

    private static func size(_ buffer: UnsafeRawBufferPointer, at start: Int) -> Int {
        headBytes + Int(buffer.littleEndian(UInt16.self, at: start + 2))
            + Int(buffer.littleEndian(UInt32.self, at: start + 4))
    }

    /// The raw value of its `LaneValueSpace`.
    package var space: UInt8 { bytes[0] }

    package var key: UnsafeRawBufferPointer {
        bytes.part(Self.headBytes, Int(bytes.littleEndian(UInt16.self, at: 2)))
    }

    /// Nil where the key has no value from then on.
    package var value: UnsafeRawBufferPointer? {
        guard bytes[1] == 1 else { return nil }
        let count = Int(bytes.littleEndian(UInt32.self, at: 4))
        return bytes.part(bytes.count - count, count)
    }
}
