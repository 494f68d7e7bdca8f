/// Slots that say at which number an id may stand: linear probing, at most three quarters full.
///
/// A slot holds the lower 31 bits of a number plus one, 0 is free: windows are shorter than 2^31,
/// so that the rest follows from the window's oldest number.
struct DuplicateIndex: Sendable {
    private static let least = 16
    private var slots = [UInt32](repeating: 0, count: Self.least)

    var bytes: Int { slots.capacity * MemoryLayout<UInt32>.stride }

    /// Whether `count` ids are too many for it.
    func isFull(_ count: Int) -> Bool { count * 4 > slots.count * 3 }

    /// Whether it would be worth a smaller one for `count` ids.
    func isSparse(_ count: Int) -> Bool { slots.count > Self.least * 4 && count * 4 < slots.count }

    /// How many ids an index is made for when `count` no longer fit: a third more, so that a full
    /// one is three quarters and a new one nine sixteenths full.
    static func grown(_ count: Int) -> Int { count + count / 3 }

    /// Empties it and gives it room for `capacity` ids.
    mutating func resize(for capacity: Int) {
        slots = [UInt32](repeating: 0, count: max(Self.least, (capacity * 4 + 2) / 3))
    }

    /// Where the search for an id begins.
    @inline(__always)
    func home(_ hash: UInt64) -> Int {
        Int(hash.multipliedFullWidth(by: UInt64(slots.count)).high)
    }

    @inline(__always)
    func slot(after slot: Int) -> Int { slot + 1 == slots.count ? 0 : slot + 1 }

    /// Steps from one slot forward to another, around the end if need be.
    @inline(__always)
    func distance(_ from: Int, _ to: Int) -> Int {
        to >= from ? to - from : to - from + slots.count
    }

    /// The number that a slot holds; nil when it is free.
    @inline(__always)
    func number(at slot: Int, oldest: Int) -> Int? {
        guard slots[slot] != 0 else { return nil }
        return oldest + ((Int(slots[slot]) - 1 - oldest) & 0x7fff_ffff)
    }

    @inline(__always)
    mutating func set(_ number: Int, at slot: Int) {
        slots[slot] = UInt32(number & 0x7fff_ffff) + 1
    }

    mutating func clear(_ slot: Int) { slots[slot] = 0 }
}
