/// Remembers the ids of a station's latest events, so that a repetition is found without a look
/// into the store.
///
/// A ring of entries in the order of appending and an open-addressing index over it (linear
/// probing, at most half full): 32 + 8 bytes an id. Ids and payloads are kept as hashes of 128 and
/// 64 bits: with a million ids the chance that two different ones meet is below 10^-26.
package struct DuplicateWindow: Sendable {
    package struct Entry: Sendable {
        package let idHigh: UInt64
        package let idLow: UInt64
        package let content: UInt64
        /// The offset in the lower 48 bits, the partition above.
        private let place: UInt64

        package init(
            id: (high: UInt64, low: UInt64), content: UInt64, partition: UInt32, offset: UInt64
        ) {
            idHigh = id.high
            idLow = id.low
            self.content = content
            place = UInt64(partition) << 48 | offset
        }

        package var partition: UInt32 { UInt32(place >> 48) }
        package var offset: UInt64 { place & 0xffff_ffff_ffff }
    }

    /// Most ids remembered; the oldest goes when another comes.
    package let capacity: Int
    package private(set) var count = 0
    /// The oldest entry's place in `ring`.
    private var oldest = 0
    private var ring: [Entry] = []
    /// Places in `ring` plus one; 0 is free. Its size is a power of two.
    private var index: [UInt32]

    package init(capacity: Int) {
        precondition(capacity > 0 && capacity < Int(UInt32.max), "the index holds 32 bits")
        self.capacity = capacity
        index = [UInt32](repeating: 0, count: 16)
    }

    package func find(_ id: (high: UInt64, low: UInt64)) -> Entry? {
        var slot = home(id.low)
        while index[slot] != 0 {
            let entry = ring[Int(index[slot] - 1)]
            if entry.idLow == id.low && entry.idHigh == id.high { return entry }
            slot = (slot + 1) & (index.count - 1)
        }
        return nil
    }

    /// Remembers an id that is not in the window.
    package mutating func insert(_ entry: Entry) {
        if count == capacity { removeOldest() }
        if (count + 1) * 2 > index.count { grow() }
        let place = (oldest + count) % capacity
        if place == ring.count { ring.append(entry) } else { ring[place] = entry }
        count += 1
        link(place)
    }

    /// Forgets the latest `number` ids, when the commit that would have stored them failed.
    ///
    /// Ids that their insertion pushed out stay forgotten: the window is then shorter by as many.
    package mutating func removeLatest(_ number: Int) {
        for _ in 0..<min(number, count) {
            unlink((oldest + count - 1) % capacity)
            count -= 1
        }
    }

    private mutating func removeOldest() {
        unlink(oldest)
        oldest = (oldest + 1) % capacity
        count -= 1
    }

    private func home(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash) & (index.count - 1)
    }

    private mutating func link(_ place: Int) {
        var slot = home(ring[place].idLow)
        while index[slot] != 0 { slot = (slot + 1) & (index.count - 1) }
        index[slot] = UInt32(place + 1)
    }

    /// Frees the index slot of the entry at `place`, moving later ones of its run forward, so that
    /// no search stops early (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
    private mutating func unlink(_ place: Int) {
        let mask = index.count - 1
        var free = home(ring[place].idLow)
        while index[free] != UInt32(place + 1) { free = (free + 1) & mask }
        var slot = free
        while true {
            slot = (slot + 1) & mask
            guard index[slot] != 0 else { break }
            let wanted = home(ring[Int(index[slot] - 1)].idLow)
            // It may move to the free slot unless its home lies after that, cyclically.
            if (slot - wanted) & mask >= (slot - free) & mask {
                index[free] = index[slot]
                free = slot
            }
        }
        index[free] = 0
    }

    private mutating func grow() {
        index = [UInt32](repeating: 0, count: index.count * 2)
        for number in 0..<count { link((oldest + number) % capacity) }
    }
}
