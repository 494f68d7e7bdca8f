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
        _ body: [UInt8], count: Int, _ codec: some ChunkCodec = Unpacked()
    ) throws -> EventRecords {
        try body.withUnsafeBytes { try EventRecords(chunk: $0, count: count, codec: codec) }
    }

    /// Random events with long runs of one byte, which `RunLengths` makes smaller.
    private static func repetitive(
        _ random: inout SeededGenerator, count: Int
    ) -> EventRecords {
        var records = EventRecords()
        for number in 0..<count {
            let length = random.number(300...2_000)
            let cause = Cause(
                origin: origin(number % 2), offset: UInt64(number), emission: 0, causationID: nil,
                correlationID: nil)
            records.append(
                Event(
                    key: random.bytes(4), time: EventTime(microseconds: 1),
                    payload: Array(repeating: UInt8(random.number(0...255)), count: length)),
                cause: cause)
        }
        return records
    }

    private static func causes(_ records: EventRecords) -> [Cause?] {
        StoredEvents(
            station: "readings", partition: 0, records: records,
            offsets: Array(0..<UInt64(records.count))
        ).causes
    }

    @Test func `events with several origins come back from a chunk`() throws {
        var random = SeededGenerator.printed()
        for _ in 0..<200 {
            let count = random.number(1...40)
            let (batch, causes) = Self.batch(
                &random, count: count, origins: random.number(0...5))
            let read = try Self.read(batch.chunk(packedBy: Unpacked()), count: count)
            #expect(read.events == batch.events)
            #expect(Self.causes(read) == causes)
        }
    }

    @Test func `a chunk is packed when that saves an eighth, and comes back the same`() throws {
        var random = SeededGenerator.printed()
        for _ in 0..<100 {
            let count = random.number(4...20)
            let batch = Self.repetitive(&random, count: count)
            let body = batch.chunk(packedBy: RunLengths())
            #expect(body[0] == 3)
            #expect(body.count < batch.bytes.count / 2)
            let read = try Self.read(body, count: count, RunLengths())
            #expect(read.events == batch.events)
            #expect(Self.causes(read) == Self.causes(batch))
            let told = body.prefix(EventRecords.chunkHeaderBytes).withUnsafeBytes {
                EventRecords.recordBytes(ofChunk: $0, stored: body.count)
            }
            #expect(told == batch.bytes.count)
        }
        var noise = EventRecords()
        noise.append(Event(time: EventTime(microseconds: 1), payload: random.bytes(4_000)))
        #expect(noise.chunk(packedBy: RunLengths())[0] == 2)
        var small = EventRecords()
        small.append(
            Event(time: EventTime(microseconds: 1), payload: Array(repeating: 7, count: 900)))
        #expect(small.chunk(packedBy: RunLengths())[0] == 2, "two of them would be packed")
    }

    @Test func `chunks that are read into one batch share its table of origins`() throws {
        var random = SeededGenerator.printed()
        var all = EventRecords()
        var causes: [Cause?] = []
        for _ in 0..<20 {
            let (batch, itsCauses) = Self.batch(&random, count: 20, origins: 3)
            let read = try Self.read(batch.chunk(packedBy: Unpacked()), count: 20)
            all.append(read, 0..<20)
            causes += itsCauses
        }
        #expect(Self.causes(all) == causes)
        #expect(all.origins.count <= 3)
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

    @Test func `a chunk that is cut off, too long or of another format is refused`() throws {
        var random = SeededGenerator.printed()
        let (batch, _) = Self.batch(&random, count: 10, origins: 3)
        let body = batch.chunk(packedBy: Unpacked())
        func error(_ body: [UInt8], count: Int = 10) -> String? {
            do {
                _ = try Self.read(body, count: count)
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
        #expect(error([4] + body.dropFirst()) == "its format is 4, not 1 to 3")
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
        for body in [
            Self.batch(&random, count: 5, origins: 2).records.chunk(packedBy: RunLengths()),
            Self.repetitive(&random, count: 5).chunk(packedBy: RunLengths()),
        ] {
            for index in body.indices {
                for bits: UInt8 in [1, 0x80, UInt8(random.number(1...255))] {
                    var changed = body
                    changed[index] ^= bits
                    #expect(throws: EventRecords.CorruptChunk.self, "byte \(index) ^ \(bits)") {
                        try Self.read(changed, count: 5, RunLengths())
                    }
                }
            }
        }
    }

    @Test func `a row that says an absurd number of events is refused`() {
        var random = SeededGenerator.printed()
        let body = Self.repetitive(&random, count: 5).chunk(packedBy: RunLengths())
        #expect(throws: EventRecords.CorruptChunk.self) {
            try Self.read(body, count: 1 << 60, RunLengths())
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
        let checked = batch.chunk(packedBy: Unpacked())
        func nanoseconds(_ body: [UInt8]) -> Double {
            let rounds = 1_000
            let took = ContinuousClock().measure {
                for _ in 0..<rounds {
                    _ = try? Self.read(body, count: 512)
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
                Self.batch(&random, count: count, origins: 2).records.chunk(
                    packedBy: Unpacked()))
            for _ in 0..<random.number(1...4) {
                body[random.number(0...body.count - 1)] = UInt8.random(in: 0...255, using: &random)
            }
            if random.once(in: 4) { body.removeLast(random.number(0...body.count)) }
            do {
                let read = try Self.read(body, count: count)
                #expect(read.events.count == count)
                _ = Self.causes(read)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }
}

/// Writes a byte and how often it follows itself: packs what is repetitive.
private struct RunLengths: ChunkCodec {
    func pack(
        _ raw: UnsafeRawBufferPointer, into packed: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var (at, end) = (0, 0)
        while at < raw.count {
            let length = raw[at...].prefix(255).prefix { $0 == raw[at] }.count
            guard end + 2 <= packed.count else { return nil }
            (packed[end], packed[end + 1]) = (raw[at], UInt8(length))
            (at, end) = (at + length, end + 2)
        }
        return end
    }

    func unpack(
        _ packed: UnsafeRawBufferPointer, into raw: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var end = 0
        for at in stride(from: 0, to: packed.count - 1, by: 2) {
            for _ in 0..<packed[at + 1] {
                guard end < raw.count else { return false }
                raw[end] = packed[at]
                end += 1
            }
        }
        return end == raw.count
    }
}
