import MoonrailCore

/// The latest values under keys of all lanes, in one buffer with a hash index over it: nothing is
/// allocated per value, and none is removed before all are.
struct ValueTable: Sendable {
    /// For each value the number of its lane's row, and its record. What was overwritten stays.
    private(set) var bytes: [UInt8] = []
    /// Open addressing with linear probing: 24 bits of the key's hash, and 40 of where the value
    /// begins, plus one; zero where there is none.
    private var slots: [UInt64] = []
    private(set) var count = 0

    private static let laneBytes = 8
    private static let placeBits: UInt64 = 40
    private static let placeMask: UInt64 = 1 << placeBits - 1
    private static let slotsLeast = 1_024

    /// A value, or that there is none, inside the buffer.
    struct Entry {
        let lane: Int64
        let record: LaneValueRecord
    }

    /// Takes a change, later than all before.
    mutating func put(_ record: LaneValueRecord, lane: Int64) {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        let hash = Self.hash(lane, record.space, record.key)
        let place = UInt64(bytes.count + 1)
        bytes.append(bytes: Self.laneBytes + record.bytes.count) { writer in
            writer.put(lane)
            writer.put(record.bytes)
        }
        let (slot, isTaken) = bytes.withUnsafeBytes { buffer in
            find(hash, lane, record.space, record.key, in: buffer)
        }
        slots[slot] = hash & ~Self.placeMask | place
        if !isTaken { count += 1 }
    }

    /// Calls `body` with what is known of a key.
    ///
    /// - Returns: nil when nothing is.
    func with<Result>(
        lane: Int64, space: LaneValueSpace, key: UnsafeRawBufferPointer,
        _ body: (LaneValueRecord) -> Result
    ) -> Result? {
        if slots.isEmpty { return nil }
        return bytes.withUnsafeBytes { buffer in
            let hash = Self.hash(lane, space.rawValue, key)
            let (slot, isTaken) = find(hash, lane, space.rawValue, key, in: buffer)
            return isTaken ? body(Self.entry(buffer, Self.place(slots[slot])).record) : nil
        }
    }

    /// Calls `body` with the value that begins at `place`.
    func withEntry<Result>(
        at place: Int, _ body: (Entry) throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBytes { try body(Self.entry($0, place)) }
    }

    /// Where the values begin, those of which `isWanted` is true, in the order of lanes, spaces and
    /// keys.
    func places(where isWanted: (Entry) -> Bool = { _ in true }) -> [Int] {
        bytes.withUnsafeBytes { buffer in
            var wanted: [Int] = []
            for slot in slots where slot != 0 {
                let place = Self.place(slot)
                if isWanted(Self.entry(buffer, place)) { wanted.append(place) }
            }
            return SortedPlaces.of(wanted) { Self.entry(buffer, $0) }
        }
    }

    /// Where the value of a slot that is taken begins.
    private static func place(_ slot: UInt64) -> Int { Int(slot & placeMask) - 1 }

    private static func entry(_ buffer: UnsafeRawBufferPointer, _ place: Int) -> Entry {
        Entry(
            lane: buffer.littleEndian(Int64.self, at: place),
            record: LaneValueRecord(trusted: buffer, at: place + laneBytes))
    }

    /// The slot of a key, or the free one where it belongs.
    private func find(
        _ hash: UInt64, _ lane: Int64, _ space: UInt8, _ key: UnsafeRawBufferPointer,
        in buffer: UnsafeRawBufferPointer
    ) -> (slot: Int, isTaken: Bool) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if (slots[slot] ^ hash) & ~Self.placeMask == 0 {
                let entry = Self.entry(buffer, Self.place(slots[slot]))
                if entry.lane == lane, entry.record.space == space,
                    entry.record.key.elementsEqual(key)
                {
                    return (slot, true)
                }
            }
            slot = (slot + 1) & mask
        }
        return (slot, false)
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: max(Self.slotsLeast, old.count * 2))
        let mask = slots.count - 1
        bytes.withUnsafeBytes { buffer in
            for value in old where value != 0 {
                let entry = Self.entry(buffer, Self.place(value))
                let hash = Self.hash(entry.lane, entry.record.space, entry.record.key)
                var slot = Int(truncatingIfNeeded: hash) & mask
                while slots[slot] != 0 { slot = (slot + 1) & mask }
                slots[slot] = value
            }
        }
    }

    private static func hash(
        _ lane: Int64, _ space: UInt8, _ key: UnsafeRawBufferPointer
    ) -> UInt64 {
        contentHash(key, seed: UInt64(bitPattern: lane) << 8 | UInt64(space))
    }
}
