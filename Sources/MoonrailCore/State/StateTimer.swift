/// A timer that waits under a state key, as stores and hosts have it (`docs/formats.md`).
package struct StateTimer: Hashable, Sendable {
    /// The event time at which it fires.
    package var time: EventTime
    /// UTF-8, 1 to `nameBytes` bytes; one key has it once.
    package var name: [UInt8]

    /// Most timers of one key: more would be a calendar, which belongs into the state itself.
    package static let perKey = 16
    /// Longest name of a timer in bytes: it says what for, not for whom.
    package static let nameBytes = 64

    package init(time: EventTime, name: [UInt8]) {
        self.time = time
        self.name = name
    }

    /// The key of the lane value that stands for it, under which timers lie in the order in which
    /// they fire: time, key, name. No key that has timers has a zero byte in it.
    package func indexKey(of key: [UInt8]) -> [UInt8] {
        Self.indexBound(of: time) + key + [0] + name
    }

    /// What the keys of the lane values of all timers of a time begin with.
    package static func indexBound(of time: EventTime) -> [UInt8] {
        let ordered = UInt64(bitPattern: time.microseconds) ^ (1 << 63)
        return Swift.withUnsafeBytes(of: ordered.bigEndian) { Array($0) }
    }
}

/// A timer with the state key that it belongs to.
package struct KeyedTimer: Hashable, Sendable {
    package var key: [UInt8]
    package var timer: StateTimer

    package init(key: [UInt8], timer: StateTimer) {
        self.key = key
        self.timer = timer
    }

    /// - Returns: nil for bytes that `StateTimer.indexKey` does not make.
    package init?(indexKey bytes: [UInt8]) {
        guard bytes.count > 8, let end = bytes[8...].firstIndex(of: 0), end > 8,
            end + 1 < bytes.count
        else { return nil }
        let ordered = bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        key = Array(bytes[8..<end])
        timer = StateTimer(
            time: EventTime(microseconds: Int64(bitPattern: ordered ^ (1 << 63))),
            name: Array(bytes[(end + 1)...]))
    }
}

extension [StateTimer] {
    /// As values hold them: u8 count, then for each i64 time, u8 length of the name, the name.
    func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(count))
        for timer in self {
            bytes.appendLittleEndian(timer.time.microseconds)
            bytes.append(UInt8(timer.name.count))
            bytes += timer.name
        }
    }

    /// Reads a list that is within its bounds, in bytewise order of the names.
    ///
    /// - Returns: nil when it is none.
    /// - Throws: when the bytes end before it does.
    package init?(_ reader: inout ByteReader) throws(ByteReader.Truncated) {
        self = []
        let count = Int(try reader.integer(UInt8.self))
        guard count <= StateTimer.perKey else { return nil }
        for _ in 0..<count {
            let time = EventTime(microseconds: try reader.integer())
            let length = Int(try reader.integer(UInt8.self))
            guard (1...StateTimer.nameBytes).contains(length) else { return nil }
            let start = try reader.skip(length)
            let name = [UInt8](reader.bytes.part(start, length))
            if let last, !last.name.lexicographicallyPrecedes(name) { return nil }
            append(StateTimer(time: time, name: name))
        }
    }
}
