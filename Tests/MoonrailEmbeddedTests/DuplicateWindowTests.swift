import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

struct DuplicateWindowTests {
    private static func id(_ high: UInt64, _ low: UInt64) -> NameHash {
        NameHash(high: high, low: low)
    }

    private static func entry(_ id: NameHash, number: Int) -> DuplicateWindow.Entry {
        DuplicateWindow.Entry(
            id: id, content: UInt64(number) &* 31, partition: UInt32(number % 1_024),
            offset: UInt64(number))
    }

    @Test func `an id that was never put in is not found`() {
        let window = DuplicateWindow(next: 0)
        #expect(window.find(Self.id(0, 0)) == nil)
        #expect(window.count == 0)
    }

    @Test func `an entry holds the largest place`() {
        var window = DuplicateWindow(next: 0)
        window.append(
            .init(
                id: Self.id(.max, .max), content: .max, partition: 1_023, offset: (1 << 48) - 1))
        let found = window.find(Self.id(.max, .max))
        #expect(found?.number == 0)
        #expect(found?.entry.partition == 1_023)
        #expect(found?.entry.offset == (1 << 48) - 1)
        #expect(found?.entry.content == .max)
        #expect(window.find(Self.id(.max, 0)) == nil)
        #expect(window.find(Self.id(0, .max)) == nil, "half of an id is not the id")
    }

    @Test func `an id that comes again is found where it came last`() {
        var window = DuplicateWindow(next: 7)
        let id = Self.id(1, 2)
        window.append(Self.entry(id, number: 10))
        window.append(Self.entry(Self.id(3, 2), number: 11))
        window.append(Self.entry(id, number: 12))
        #expect(window.find(id)?.number == 9)
        #expect(window.find(id)?.entry.offset == 12)
        window.removeAll(before: 8)
        #expect(window.find(id)?.entry.offset == 12)
        window.removeAll(before: 10)
        #expect(window.find(id) == nil)
        #expect((window.oldest, window.next) == (10, 10))
    }

    @Test func `a window holds what a plain list of the same ids holds`() {
        var random = SeededGenerator.printed()
        for _ in 0..<300 {
            // Few homes, so that ids crowd in the same places, also across the end of the index.
            let homes: [UInt64] = (0..<random.number(1...4)).map { _ in
                random.once(in: 2) ? .max - UInt64(random.number(0...9)) : random.next()
            }
            let start = random.once(in: 3) ? (1 << 27) - random.number(0...100) : 0
            var window = DuplicateWindow(next: start, capacity: random.number(0...50))
            var model: [(id: NameHash, number: Int)] = []
            for number in start..<start + random.number(1...300) {
                if random.once(in: 5) {
                    let count = random.number(0...random.number(0...40))
                    window.removeAll(before: window.oldest + count)
                    model.removeFirst(min(count, model.count))
                }
                // Some ids come again.
                let high = random.once(in: 4) ? random.number(0...20) : number
                let id = Self.id(UInt64(high), homes[random.number(0...homes.count - 1)])
                window.append(Self.entry(id, number: number))
                model.append((id, number))
                #expect(window.count == model.count)
                #expect(window.oldest == model.first?.number)
                var latest: [NameHash: Int] = [:]
                for (id, number) in model { latest[id] = number }
                for (id, number) in latest {
                    let found = window.find(id)
                    #expect(found?.number == number)
                    #expect(found?.entry.offset == UInt64(number))
                }
                let gone = UInt64(random.number(0...number))
                for home in homes where latest[Self.id(gone, home)] == nil {
                    #expect(window.find(Self.id(gone, home)) == nil)
                }
            }
        }
    }

    @Test func `ids that are put in together are found as if they were put in one by one`() {
        var random = SeededGenerator.printed()
        for _ in 0..<20 {
            var together = DuplicateWindow(next: 3)
            var single = DuplicateWindow(next: 3)
            // Larger than a segment at times, and with ids that come again, also in one go.
            for _ in 0..<random.number(1...8) {
                let entries = (0..<random.number(0...6_000)).map { number in
                    Self.entry(
                        Self.id(0, UInt64(random.number(0...9_000)) &* 0x9E37_79B9_7F4A_7C15),
                        number: number)
                }
                together.append(contentsOf: entries)
                for entry in entries { single.append(entry) }
                let gone = single.oldest + random.number(0...single.count)
                together.removeAll(before: gone)
                single.removeAll(before: gone)
            }
            #expect((together.oldest, together.next) == (single.oldest, single.next))
            #expect(together.entries.map(\.offset) == single.entries.map(\.offset))
            let differences = (0...9_000).count { number in
                let id = Self.id(0, UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
                return together.find(id)?.number != single.find(id)?.number
            }
            #expect(differences == 0)
        }
    }

    @Test func `a large window finds every id it holds and none it does not`() {
        var random = SeededGenerator.printed()
        let held = 50_000
        var window = DuplicateWindow(next: 0)
        let ids = (0..<120_000).map { _ in Self.id(random.next(), random.next()) }
        for (number, id) in ids.enumerated() {
            window.append(Self.entry(id, number: number))
            window.removeAll(before: number + 1 - held)
        }
        #expect(window.count == held)
        #expect(ids.suffix(held).count { window.find($0) == nil } == 0)
        #expect(ids.dropLast(held).count { window.find($0) != nil } == 0)
    }

    @Test func `a window takes at most 40 bytes an id, and gives them back`() {
        var random = SeededGenerator.printed()
        var window = DuplicateWindow(next: 0)
        var most = 0.0
        for number in 0..<1_000_000 {
            window.append(Self.entry(Self.id(random.next(), random.next()), number: number))
            guard number >= 100_000, number % 997 == 0 else { continue }
            // The segment that is being filled counts as full.
            most = max(most, Double(window.bytes - 4_096 * 32) / Double(window.count))
        }
        print("a window of \(window.count) ids takes \(window.bytes) bytes; at worst \(most) an id")
        #expect(most <= 40)
        #expect(window.bytes <= 40 * window.count)
        window.removeAll(before: 999_000)
        #expect(window.bytes <= 2 * 4_096 * 32 + 40 * 1_000)
    }
}
