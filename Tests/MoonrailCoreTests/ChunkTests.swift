import MoonrailCore
import MoonrailTestSupport
import Testing

struct ChunkTests {
    private static func origin(_ number: Int) -> Origin {
        Origin(
            function: number % 2 == 0 ? "even" : "odd",
            version: FunctionVersion(text: String(repeating: "a", count: 64)),
            generation: UInt32(number), station: "readings.fahrenheit", partition: UInt32(number))
    }

    /// A batch of random events of which some have one of `origins` origins.
    private static func batch(
        _ random: inout SeededGenerator, count: Int, origins: Int
    ) -> (records: EventRecords, causes: [Cause?]) {
        var records = EventRecords()
        var causes: [Cause?] = []
        for _ in 0..<count {
            guard origins > 0, random.once(in: 2) else {
                records.append(random.event())
                causes.append(nil)
                continue
            }
            let ids: [EventID?] = [nil, .text(random.text(5)), .derived(high: 1, low: 2)]
            let cause = Cause(
                origin: origin(random.number(0...origins - 1)), offset: random.next() >> 16,
                emission: UInt16(random.number(0...65_535)), causationID: ids[random.number(0...2)],
                correlationID: ids[random.number(0...2)])
            records.append(random.event(), cause: cause)
            causes.append(cause)
        }
        return (records, causes)
    }

    private static func read(
        _ body: [UInt8], count: Int, from first: Int = 0, into records: inout EventRecords,
        while wanted: (Int, Int) -> Bool = { _, _ in true }
    ) throws -> Int {
        try body.withUnsafeBytes {
            try records.appendEvents(ofChunk: $0, count: count, from: first, while: wanted)
        }
    }

    private static func causes(_ records: EventRecords) -> [Cause?] {
        StoredEvents(
            station: "readings", partition: 0, records: records,
            offsets: Array(0..<UInt64(records.count))
        ).causes
    }

    @Test func `events with several origins come back from a chunk, from any one of them on`()
        throws
    {
        var random = SeededGenerator.printed()
        for _ in 0..<200 {
            let count = random.number(1...40)
            let (batch, causes) = Self.batch(
                &random, count: count, origins: random.number(0...5))
            let first = random.number(0...count)
            var read = EventRecords()
            let taken = try Self.read(batch.chunk, count: count, from: first, into: &read)
            #expect(taken == count - first)
            #expect(read.events == Array(batch.events[first...]))
            #expect(Self.causes(read) == Array(causes[first...]))
        }
    }

    @Test func `chunks that are read into one batch share its table of origins`() throws {
        var random = SeededGenerator.printed()
        var read = EventRecords()
        var causes: [Cause?] = []
        for _ in 0..<20 {
            let (batch, itsCauses) = Self.batch(&random, count: 20, origins: 3)
            _ = try Self.read(batch.chunk, count: 20, into: &read)
            causes += itsCauses
        }
        #expect(Self.causes(read) == causes)
        #expect(read.origins.count <= 3)
    }

    @Test func `a batch that others' events are copied to keeps their causes`() {
        var random = SeededGenerator.printed()
        var all = EventRecords()
        var causes: [Cause?] = []
        for _ in 0..<10 {
            let (batch, itsCauses) = Self.batch(&random, count: 10, origins: 4)
            batch.forEachRecord { _, record in all.append(record, origins: batch.origins) }
            causes += itsCauses
        }
        #expect(Self.causes(all) == causes)
    }

    @Test func `reading ends before the first event that is not wanted`() throws {
        var random = SeededGenerator.printed()
        let (batch, _) = Self.batch(&random, count: 10, origins: 2)
        var read = EventRecords()
        let taken = try Self.read(batch.chunk, count: 10, from: 2, into: &read) { events, _ in
            events <= 3
        }
        #expect(taken == 3)
        #expect(read.events == Array(batch.events[2..<5]))
        var sizes: [Int] = []
        var none = EventRecords()
        let takenOfNone = try Self.read(batch.chunk, count: 10, into: &none) { _, bytes in
            sizes.append(bytes)
            return false
        }
        #expect(takenOfNone == 0)
        #expect(none.isEmpty)
        #expect(sizes == [batch.withRecord(0) { $0.bytes.count }])
    }

    @Test func `a chunk that is cut off, too long or of another format is refused`() throws {
        var random = SeededGenerator.printed()
        let (batch, _) = Self.batch(&random, count: 10, origins: 3)
        let body = batch.chunk
        func error(_ body: [UInt8], count: Int = 10) -> String? {
            var read = EventRecords()
            do {
                _ = try Self.read(body, count: count, into: &read)
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(error(body) == nil)
        for count in 0..<body.count { #expect(error(Array(body.prefix(count))) != nil) }
        #expect(error(body + [0]) == "its checksum does not match")
        #expect(error(body, count: 9) != nil)
        #expect(error(body, count: 11) == "event 10 of 11 is not a whole record")
        #expect(error([3] + body.dropFirst()) == "its format is 3, not 1 to 2")
        #expect(error([1] + body.dropFirst()) == "its format is 1, but it has a checksum")
        #expect(error(Array(body.prefix(7))) == "it has 7 bytes, too few for its header")
        let first = Self.firstFormat(body)
        #expect(error(first) == nil)
        #expect(error(first + [0]) == "1 bytes follow its last event")
        #expect(error([1, 0, 1, 0, 0, 0, 0, 0]) == "its origins are cut off")
    }

    /// The body as the first format had it.
    private static func firstFormat(_ body: [UInt8]) -> [UInt8] {
        [1, 0] + body[2..<4] + [0, 0, 0, 0] + body[8...]
    }

    @Test func `no byte of a chunk can change without being found`() {
        var random = SeededGenerator.printed()
        let (batch, _) = Self.batch(&random, count: 5, origins: 2)
        let body = batch.chunk
        for index in body.indices {
            for bits: UInt8 in [1, 0x80, UInt8(random.number(1...255))] {
                var changed = body
                changed[index] ^= bits
                var read = EventRecords()
                #expect(throws: EventRecords.CorruptChunk.self, "byte \(index) ^ \(bits)") {
                    try Self.read(changed, count: 5, into: &read)
                }
                #expect(read.isEmpty)
            }
        }
    }

    @Test func `what checking a chunk costs`() {
        var random = SeededGenerator.printed()
        var batch = EventRecords()
        for _ in 0..<512 {
            // 24 bytes of fixed fields and a key of 8 leave 219 of a record of 251 bytes.
            batch.append(
                Event(
                    key: random.bytes(8), time: EventTime(microseconds: 1),
                    payload: random.bytes(219)))
        }
        let checked = batch.chunk
        func nanoseconds(_ body: [UInt8]) -> Double {
            let rounds = 1_000
            let took = ContinuousClock().measure {
                for _ in 0..<rounds {
                    var read = EventRecords()
                    read.reserve(events: 512, bytes: body.count)
                    _ = try? Self.read(body, count: 512, into: &read)
                }
            }
            return took / .nanoseconds(1) / Double(rounds * 512)
        }
        let plain = Self.firstFormat(checked)
        _ = nanoseconds(plain)
        let (without, with) = (nanoseconds(plain), nanoseconds(checked))
        print("reading takes \(without) ns an event of 251 bytes, with its checksum \(with)")
        // It is some 25 ns; a debugger or a busy machine may make it more.
        #expect(with < without + 1_000)
    }

    @Test func `a chunk that somebody altered is refused or read, and never more than it is`() {
        var random = SeededGenerator.printed()
        var refused = 0
        for _ in 0..<5_000 {
            let count = random.number(1...6)
            // The first format, in which only the records' own lengths tell.
            var body = Self.firstFormat(
                Self.batch(&random, count: count, origins: 2).records.chunk)
            for _ in 0..<random.number(1...4) {
                body[random.number(0...body.count - 1)] = UInt8.random(in: 0...255, using: &random)
            }
            if random.once(in: 4) { body.removeLast(random.number(0...body.count)) }
            var read = EventRecords()
            do {
                _ = try Self.read(body, count: count, into: &read)
                #expect(read.events.count == count)
                _ = Self.causes(read)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }
}
