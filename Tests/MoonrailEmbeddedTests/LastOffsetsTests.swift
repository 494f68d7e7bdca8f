import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

struct LastOffsetsTests {
    private static func hash(_ key: String) -> NameHash {
        Array(key.utf8).withUnsafeBytes { NameHash($0) }
    }

    /// What a search does, over a log of keys that is cut into chunks of ten.
    private static func search(
        _ key: String, in log: [String?], _ known: inout LastOffsets, chunksRead: inout Int
    ) -> UInt64? {
        if let offset = known.find(hash(key)) { return offset }
        var before = Int(known.knownFrom)
        while before > 0 {
            let first = (before - 1) / 10 * 10
            let chunk = log[first..<min(log.count, first + 10)]
            chunksRead += 1
            known.learn(
                EventRecords(chunk.map { Event("x", key: $0) }), first: UInt64(first))
            if let found = log[first..<before].lastIndex(of: key) { return UInt64(found) }
            before = first
        }
        return nil
    }

    @Test func `the last offset of every key is what a search of the whole log finds`() {
        var random = SeededGenerator.printed()
        for _ in 0..<200 {
            let keys = random.number(1...60)
            func key(_ random: inout SeededGenerator) -> String { "\(random.number(0...keys))" }
            var log: [String?] = (0..<random.number(0...30) * 10).map { _ in
                random.once(in: 5) ? nil : key(&random)
            }
            let capacity = random.once(in: 3) ? 1_000 : random.number(1...20)
            var known = LastOffsets(next: UInt64(log.count), capacity: capacity)
            var chunksRead = 0
            for _ in 0..<random.number(1...100) {
                // A transaction of one chunk, which is written or not.
                let isWritten = !random.once(in: 4)
                var appended = log
                for _ in 0..<10 {
                    if random.once(in: 3) {
                        let key = key(&random)
                        #expect(
                            Self.search(key, in: appended, &known, chunksRead: &chunksRead)
                                == appended.lastIndex(of: key).map(UInt64.init))
                    }
                    let next = random.once(in: 5) ? nil : key(&random)
                    if let next { known.add(Self.hash(next), at: UInt64(appended.count)) }
                    appended.append(next)
                }
                if isWritten {
                    known.commit()
                    log = appended
                } else {
                    known.rollBack()
                }
                #expect(known.count <= 2 * capacity + 10)
            }
        }
    }

    @Test func `once the whole log is known, a key that never came costs no search`() {
        let log: [String?] = (0..<500).map { "\($0 % 50)" }
        var known = LastOffsets(next: 500, capacity: 100)
        var chunksRead = 0
        #expect(Self.search("none", in: log, &known, chunksRead: &chunksRead) == nil)
        #expect(chunksRead == 50)
        #expect(Self.search("another", in: log, &known, chunksRead: &chunksRead) == nil)
        #expect(Self.search("7", in: log, &known, chunksRead: &chunksRead) == 457)
        #expect(chunksRead == 50)
    }

    @Test func `a key that was written to lately is found near the end`() {
        let log: [String?] = (0..<5_000).map { "\($0 % 50)" }
        var known = LastOffsets(next: 5_000, capacity: 100)
        var chunksRead = 0
        #expect(Self.search("12", in: log, &known, chunksRead: &chunksRead) == 4_962)
        #expect(chunksRead == 4)
    }
}
