import MoonrailCore

/// Slots that say at which number an id may stand: linear probing, at most three quarters full.
///
/// A slot holds the lower 27 bits of a number, of which the rest follows from the window's oldest
/// number, and above them a tag of 1 to 31 from the id's hash, so that a search rarely looks at an
/// entry in vain: those lie far apart in memory. 0 is free.
struct DuplicateIndex: Sendable {
    /// Windows are shorter: their largest reach is 100 million ids, and a commit more.
    private static let numberMask = 1 << 27 - 1
    private static let least = 16
    private var slots = [UInt32](repeating: 0, count: Self.least)

    var bytes: Int { slots.capacity * MemoryLayout<UInt32>.stride }

    /// Whether `count` ids are too many for it.
    func isFull(_ count: Int) -> Bool { count * 4 > slots.count * 3 }

    /// Whether it would be worth a smaller one for `count` ids.
    func isSparse(_ count: Int) -> Bool { slots.count > Self.least * 4 && count * 4 < slots.count }

    /// How many ids an index is made for when `count` no longer fit: 2 in 5 more, so that a full
    /// one is 75 percent and a new one 54 percent full.
    static func grown(_ count: Int) -> Int { count + count * 2 / 5 }

    /// Empties it and gives it room for `capacity` ids.
    mutating func resize(for capacity: Int) {
        slots = [UInt32](repeating: 0, count: max(Self.least, (capacity * 4 + 2) / 3))
    }

    /// Where the search for an id begins.
    @inline(__always)
    func home(_ hash: UInt64) -> Int {
        Self.home(hash, slots.count)
    }

    @inline(__always)
    private static func home(_ hash: UInt64, _ slots: Int) -> Int {
        Int(hash.multipliedFullWidth(by: UInt64(slots)).high)
    }

    @inline(__always)
    func slot(after slot: Int) -> Int { slot + 1 == slots.count ? 0 : slot + 1 }

    /// Steps from one slot forward to another, around the end if need be.
    @inline(__always)
    func distance(_ from: Int, _ to: Int) -> Int {
        to >= from ? to - from : to - from + slots.count
    }

    @inline(__always)
    func isFree(_ slot: Int) -> Bool { slots[slot] == 0 }

    /// Whether the id of a slot that is not free may have this hash.
    @inline(__always)
    func mayHold(_ hash: UInt64, at slot: Int) -> Bool { slots[slot] >> 27 == Self.tag(hash) }

    /// The number that a slot holds which is not free.
    @inline(__always)
    func number(at slot: Int, oldest: Int) -> Int {
        Self.number(slots[slot], oldest: oldest)
    }

    @inline(__always)
    private static func number(_ slot: UInt32, oldest: Int) -> Int {
        oldest + ((Int(slot) - oldest) & numberMask)
    }

    /// Has the ids of entries be found at their numbers, which count from `first` on; an older
    /// number of the same id is found no more. There must be room for them.
    ///
    /// - Parameter isID: whether the entry of a number is one of this id.
    @inline(__always)
    mutating func link(
        _ entries: UnsafeBufferPointer<DuplicateWindow.Entry>, from first: Int, oldest: Int,
        isID: (_ number: Int, _ id: NameHash) -> Bool
    ) {
        // No reference is counted in here: each count is a barrier, and the slots of several ids,
        // which lie far apart in memory, could not be waited for together.
        slots.withUnsafeMutableBufferPointer { slots in
            for index in entries.indices {
                let id = entries[index].id
                let tag = Self.tag(id.low)
                var slot = Self.home(id.low, slots.count)
                while slots[slot] != 0 {
                    if slots[slot] >> 27 == tag,
                        isID(Self.number(slots[slot], oldest: oldest), id)
                    {
                        break
                    }
                    slot = slot + 1 == slots.count ? 0 : slot + 1
                }
                slots[slot] = tag << 27 | UInt32((first + index) & Self.numberMask)
            }
        }
    }

    @inline(__always)
    mutating func move(_ from: Int, to: Int) { slots[to] = slots[from] }

    mutating func clear(_ slot: Int) { slots[slot] = 0 }

    /// From the lower bits: the upper ones say where its home is.
    private static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash % 31) + 1 }
}
