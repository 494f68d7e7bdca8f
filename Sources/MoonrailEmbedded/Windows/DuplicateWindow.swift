import MoonrailCore

/// Remembers the ids of a station's latest events, so that a repetition is found without a look
/// into the store.
///
/// Entries in the order of the ids' numbers, which count the ids given to the station's events from
/// 0, and an open-addressing index over them (`DuplicateIndex`). Entries stand in segments, so that
/// the window gives memory back at its old end. An entry has 32 bytes, a slot of the index 4, and
/// there are at most 28 slots for 15 ids: 39.5 bytes an id, and one segment.
package struct DuplicateWindow: Sendable {
    package struct Entry: Sendable {
        package let id: NameHash
        /// Tells whether an event that comes with the id is the same event.
        package let content: UInt64
        /// The partition in the upper 16 bits, the offset in the lower 48, so that sorting by it is
        /// the order in which a commit numbers its ids.
        let place: UInt64

        package init(id: NameHash, content: UInt64, partition: UInt32, offset: UInt64) {
            self.id = id
            self.content = content
            place = UInt64(partition) << 48 | offset
        }

        package var partition: UInt32 { UInt32(place >> 48) }
        package var offset: UInt64 { place & 0xffff_ffff_ffff }
    }

    /// Entries in one piece of memory: 128 KiB.
    private static let segmentEntries = 4_096

    /// Number of the oldest id; equals `next` when the window is empty.
    package private(set) var oldest: Int
    /// Number that the next id gets.
    package private(set) var next: Int
    private var segments: [[Entry]] = []
    /// Number of the first entry of the first segment.
    private var segmentsStart: Int
    private var index = DuplicateIndex()

    /// An empty window, which has room for `capacity` ids from the start.
    package init(next: Int, capacity: Int = 0) {
        oldest = next
        self.next = next
        segmentsStart = next
        index.resize(for: capacity)
    }

    package var count: Int { next - oldest }

    /// Bytes of memory that it holds.
    package var bytes: Int {
        segments.reduce(0) { $0 + $1.capacity * MemoryLayout<Entry>.stride } + index.bytes
    }

    /// The latest entry of an id, with its number.
    package func find(_ id: NameHash) -> (number: Int, entry: Entry)? {
        var slot = index.home(id.low)
        while !index.isFree(slot) {
            if let number = number(of: id, at: slot) { return (number, self[number]) }
            slot = index.slot(after: slot)
        }
        return nil
    }

    /// Entries in the order of their numbers.
    package var entries: [Entry] { Array(segments.joined().dropFirst(oldest - segmentsStart)) }

    /// Remembers an id; an entry of the same id that is already there is found no more.
    package mutating func append(_ entry: Entry) {
        if index.isFull(count + 1) { relink(for: DuplicateIndex.grown(count + 1)) }
        makeRoom()
        segments[segments.count - 1].append(entry)
        next += 1
        link(next - 1..<next)
    }

    /// Remembers ids in this order, as if one after another, which costs more.
    package mutating func append(contentsOf entries: [Entry]) {
        if index.isFull(count + entries.count) {
            relink(for: DuplicateIndex.grown(count + entries.count))
        }
        var rest = entries[...]
        while !rest.isEmpty {
            makeRoom()
            let last = segments.count - 1
            let part = rest.prefix(Self.segmentEntries - segments[last].count)
            segments[last].append(contentsOf: part)
            rest = rest.dropFirst(part.count)
        }
        next += entries.count
        link(next - entries.count..<next)
    }

    /// Makes sure that the last segment is not full.
    private mutating func makeRoom() {
        guard segments.last?.count ?? Self.segmentEntries == Self.segmentEntries else { return }
        segments.append([])
        // The first segment grows by itself: most windows hold few ids.
        guard segments.count > 1 else { return }
        segments[segments.count - 1].reserveCapacity(Self.segmentEntries)
    }

    /// Forgets the ids whose numbers are below `number`.
    package mutating func removeAll(before number: Int) {
        guard number < next else { return removeAll() }
        while oldest < number {
            unlink(oldest)
            oldest += 1
            if oldest - segmentsStart == Self.segmentEntries {
                segments.removeFirst()
                segmentsStart = oldest
            }
        }
        if index.isSparse(count) { relink(for: DuplicateIndex.grown(count)) }
    }

    /// Forgets all ids; the next one's number stays.
    package mutating func removeAll() {
        self = DuplicateWindow(next: next)
    }

    private subscript(number: Int) -> Entry {
        let at = number - segmentsStart
        return segments[at / Self.segmentEntries][at % Self.segmentEntries]
    }

    private mutating func relink(for capacity: Int) {
        index.resize(for: capacity)
        link(oldest..<next)
    }

    /// The number of an id's entry if it stands in this slot, which is not free.
    @inline(__always)
    private func number(of id: NameHash, at slot: Int) -> Int? {
        guard index.mayHold(id.low, at: slot) else { return nil }
        let number = index.number(at: slot, oldest: oldest)
        return self[number].id == id ? number : nil
    }

    /// Has the ids of these numbers be found, segment by segment.
    private mutating func link(_ numbers: Range<Int>) {
        let (segments, start, oldest) = (segments, segmentsStart, oldest)
        var number = numbers.lowerBound
        while number < numbers.upperBound {
            let (segment, at) = (number - start).quotientAndRemainder(
                dividingBy: Self.segmentEntries)
            let count = min(numbers.upperBound - number, Self.segmentEntries - at)
            segments[segment].withUnsafeBufferPointer { entries in
                index.link(
                    UnsafeBufferPointer(rebasing: entries[at..<at + count]), from: number,
                    oldest: oldest
                ) { number, id in
                    let at = number - start
                    return segments[at / Self.segmentEntries][at % Self.segmentEntries].id == id
                }
            }
            number += count
        }
    }

    private mutating func unlink(_ number: Int) {
        let hash = self[number].id.low
        var slot = index.home(hash)
        while !index.isFree(slot) {
            if index.number(at: slot, oldest: oldest) == number { return free(slot) }
            slot = index.slot(after: slot)
        }
        // A later entry of the same id has taken its slot.
    }

    /// Frees a slot, moving later ones of its run forward, so that no search stops early (Knuth,
    /// The Art of Computer Programming 3, 6.4, algorithm R).
    private mutating func free(_ start: Int) {
        var free = start
        var slot = index.slot(after: start)
        while !index.isFree(slot) {
            let number = index.number(at: slot, oldest: oldest)
            let wanted = index.home(self[number].id.low)
            // It may move to the free slot unless its home lies after that, cyclically.
            if index.distance(wanted, slot) >= index.distance(free, slot) {
                index.move(slot, to: free)
                free = slot
            }
            slot = index.slot(after: slot)
        }
        index.clear(free)
    }
}
