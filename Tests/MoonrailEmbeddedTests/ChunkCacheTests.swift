import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

struct ChunkCacheTests {
    private func chunk(_ first: UInt64, _ count: Int, bytes: Int = 10) -> StoredChunk {
        let text = String(repeating: "x", count: bytes)
        return StoredChunk(
            first: first, records: EventRecords((0..<count).map { _ in Event(text) }))
    }

    @Test func `a chunk is found by each of its offsets, in its own partition`() {
        let cache = ChunkCache()
        cache.insert(chunk(10, 5), partition: 1)
        cache.insert(chunk(15, 1), partition: 1)
        cache.insert(chunk(3, 2), partition: 2)
        for offset: UInt64 in 0..<20 {
            let found = cache.chunk(partition: 1, holding: offset)?.first
            #expect(found == (10..<15 ~= offset ? 10 : offset == 15 ? 15 : nil))
        }
        #expect(cache.chunk(partition: 2, holding: 4)?.first == 3)
        #expect(cache.chunk(partition: 3, holding: 4) == nil)
        cache.remove(partitions: [1])
        #expect(cache.chunk(partition: 1, holding: 10) == nil)
        #expect(cache.chunk(partition: 2, holding: 3) != nil)
    }

    @Test func `a merged chunk takes the place of its parts`() {
        let cache = ChunkCache()
        for offset: UInt64 in 0..<10 { cache.insert(chunk(offset, 1), partition: 1) }
        cache.insert(chunk(2, 5), partition: 1)
        let found = (0..<10).map { cache.chunk(partition: 1, holding: UInt64($0))?.first }
        #expect(found == [0, 1, 2, 2, 2, 2, 2, 7, 8, 9])
    }

    @Test func `memory stays within its bound, and what is used stays longer`() {
        let size = chunk(0, 10, bytes: 1_000).cost
        let cache = ChunkCache(bytes: 20 * size)
        for number: UInt64 in 0..<1_000 {
            cache.insert(chunk(number * 10, 10, bytes: 1_000), partition: 1)
            #expect(cache.chunk(partition: 1, holding: 0) != nil, "it is asked for all the time")
        }
        let held = (0..<1_000).filter { cache.chunk(partition: 1, holding: $0 * 10) != nil }
        #expect(held.count <= 21)
        #expect(held.suffix(9) == Array(991..<1_000)[...])
        let nothing = ChunkCache(bytes: 0)
        nothing.insert(chunk(0, 1), partition: 1)
        #expect(nothing.chunk(partition: 1, holding: 0) == nil)
    }

    @Test func `what was removed or deleted is not served from memory`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        for number in 0..<10 { try await engine.append(texts: ["\(number)"], to: "a") }
        #expect(try await engine.readAll("a").count == 10)
        try await engine.keep(Retention(events: 3), in: "a")
        try await engine.tidy()
        #expect(try await engine.readAll("a").texts == ["7", "8", "9"])
        try await engine.delete("a")
        try await engine.open("a", settings: nil)
        #expect(try await engine.readAll("a").isEmpty)
        await engine.close()
    }
}
