import MoonrailEmbedded
import MoonrailTestSupport
import Testing

struct DuplicateWindowTests {
    private typealias ID = (high: UInt64, low: UInt64)

    private static func entry(_ id: ID, number: Int) -> DuplicateWindow.Entry {
        DuplicateWindow.Entry(
            id: id, content: UInt64(number) &* 31, partition: UInt32(number % 1_024),
            offset: UInt64(number))
    }

    @Test func `an id that was never put in is not found`() {
        let window = DuplicateWindow(capacity: 1)
        #expect(window.find((0, 0)) == nil)
        #expect(window.count == 0)
    }

    @Test func `an entry holds the largest place`() {
        var window = DuplicateWindow(capacity: 1)
        window.insert(
            .init(id: (.max, .max), content: .max, partition: 1_023, offset: (1 << 48) - 1))
        let found = window.find((.max, .max))
        #expect(found?.partition == 1_023)
        #expect(found?.offset == (1 << 48) - 1)
        #expect(found?.content == .max)
        #expect(window.find((.max, 0)) == nil)
        #expect(window.find((0, .max)) == nil, "half of an id is not the id")
    }

    @Test func `the oldest id goes when the window is full`() {
        var window = DuplicateWindow(capacity: 3)
        for number in 0..<10 {
            window.insert(Self.entry((0, UInt64(number)), number: number))
            for other in 0..<10 {
                let isHeld = other <= number && other > number - 3
                #expect((window.find((0, UInt64(other))) != nil) == isHeld)
            }
        }
        #expect(window.count == 3)
    }

    @Test func `forgetting more than there are leaves none`() {
        var window = DuplicateWindow(capacity: 4)
        for number in 0..<3 { window.insert(Self.entry((0, UInt64(number)), number: number)) }
        window.removeLatest(100)
        #expect(window.count == 0)
        for number in 0..<3 { #expect(window.find((0, UInt64(number))) == nil) }
        window.insert(Self.entry((0, 7), number: 7))
        #expect(window.find((0, 7))?.offset == 7)
    }

    @Test func `a window holds what a plain list of the same size holds`() {
        var random = SeededGenerator.printed()
        for _ in 0..<300 {
            let capacity = random.number(1...40)
            // Few homes, so that ids crowd in the same places, also across the end of the index.
            let homes: [UInt64] = (0..<random.number(1...4)).map { _ in random.next() | 15 }
            var window = DuplicateWindow(capacity: capacity)
            var model: [(id: ID, number: Int)] = []
            for number in 0..<random.number(1...300) {
                if random.once(in: 5) {
                    let count = random.number(0...4)
                    window.removeLatest(count)
                    model.removeLast(min(count, model.count))
                }
                let id = (UInt64(number), homes[random.number(0...homes.count - 1)])
                window.insert(Self.entry(id, number: number))
                model.append((id, number))
                if model.count > capacity { model.removeFirst() }
                #expect(window.count == model.count)
                for (id, number) in model {
                    let found = window.find(id)
                    #expect(found?.offset == UInt64(number))
                    #expect(found?.partition == UInt32(number % 1_024))
                }
                let gone = UInt64(random.number(0...number))
                for home in homes where !model.contains(where: { $0.id == (gone, home) }) {
                    #expect(window.find((gone, home)) == nil)
                }
            }
        }
    }

    @Test func `a large window finds every id it holds and none it does not`() {
        var random = SeededGenerator.printed()
        let capacity = 50_000
        var window = DuplicateWindow(capacity: capacity)
        let ids = (0..<120_000).map { _ in (high: random.next(), low: random.next()) }
        for (number, id) in ids.enumerated() { window.insert(Self.entry(id, number: number)) }
        #expect(window.count == capacity)
        let missed = ids.suffix(capacity).count { window.find($0) == nil }
        let kept = ids.dropLast(capacity).count { window.find($0) != nil }
        #expect(missed == 0)
        #expect(kept == 0)
    }
}
