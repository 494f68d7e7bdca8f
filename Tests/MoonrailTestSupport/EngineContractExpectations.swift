import MoonrailCore
import Testing

extension StationLog {
    /// Appends events if `expectation` holds.
    fileprivate func append(
        _ events: [Event], to station: StationName, unkeyedPartition: UInt32 = 0,
        expecting expectation: AppendExpectation
    ) async throws(EngineError) -> [AppendReceipt] {
        try await append(
            StationAppend(
                station: station, records: EventRecords(events),
                unkeyedPartition: unkeyedPartition, expectation: expectation))
    }
}

private func key(_ text: String) -> [UInt8] { Array(text.utf8) }

extension EngineContract {
    static let expectationCases = [
        EngineCase("an append that expects the partition's last offset is stored only there") {
            bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 2))
            func append(_ text: String, after offset: UInt64?) async throws -> AppendReceipt {
                try await engine.append(
                    [Event(text)], to: "a", unkeyedPartition: 1,
                    expecting: .lastOfPartition(1, offset: offset))[0]
            }
            #expect(try await append("x", after: 0) == .unexpected(partition: 1, actual: nil))
            let first = try await append("0", after: nil)
            #expect(first.isStored)
            #expect(
                try await append("x", after: nil)
                    == .unexpected(partition: 1, actual: first.offset))
            let second = try await append("1", after: first.offset)
            #expect(second.isStored)
            #expect(
                try await append("x", after: first.offset)
                    == .unexpected(partition: 1, actual: second.offset))
            // What other partitions hold makes no difference.
            try await engine.append(texts: ["other"], to: "a", unkeyedPartition: 0)
            #expect(try await append("2", after: second.offset).isStored)
            #expect(try await engine.readAll("a", partition: 1).texts == ["0", "1", "2"])
        },
        EngineCase("an append that expects a key's last offset is stored only there") { bench in
            _ = try await bench.engine.open("a", settings: StationSettings(partitions: 3))
            var last: [String: UInt64] = [:]
            for number in 0..<60 {
                let name = "key \(number % 7)"
                let partition = key(name).withUnsafeBytes {
                    Partitioner.partition(ofKey: $0, partitions: 3)
                }
                let event = Event("\(number)", key: name)
                let wrong = last[name].map { $0 + 1 } ?? 0
                #expect(
                    try await bench.engine.append(
                        [event], to: "a", expecting: .lastOfKey(key(name), offset: wrong))
                        == [.unexpected(partition: partition, actual: last[name])])
                let receipts = try await bench.engine.append(
                    [event], to: "a", expecting: .lastOfKey(key(name), offset: last[name]))
                #expect(receipts.map(\.isStored) == [true])
                last[name] = receipts[0].offset
                // Others append without expecting anything.
                if number % 5 == 0 {
                    last[name] = try await bench.engine.append([event], to: "a")[0].offset
                }
                if number % 20 == 19 { try await bench.reopen() }
            }
        },
        EngineCase("nothing of an append whose expectation does not hold is stored") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            try await engine.append([Event("0", id: "0"), Event("1", id: "1")], to: "a")
            let events = [
                Event("0", id: "0"), Event("new", id: "2"), Event("other", id: "1"), Event("new"),
                Event("new", id: "2"),
            ]
            #expect(
                try await engine.append(
                    events, to: "a", expecting: .lastOfPartition(0, offset: nil)
                ).map(\.kind)
                    == ["duplicate", "unexpected", "conflict", "unexpected", "unexpected"])
            #expect(try await engine.readAll("a").texts == ["0", "1"])
            let last = try await engine.readAll("a").offsets.last
            #expect(
                try await engine.append(
                    events, to: "a", expecting: .lastOfPartition(0, offset: last)
                ).map(\.kind)
                    == ["duplicate", "stored", "conflict", "stored", "duplicate"])
            #expect(try await engine.readAll("a").texts == ["0", "1", "new", "new"])
        },
        EngineCase("an append that succeeded and is repeated is told that it is a duplicate") {
            bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let events = [Event("x", id: "1", key: "k"), Event("y", id: "2", key: "k")]
            func append() async throws -> [AppendReceipt] {
                try await engine.append(
                    events, to: "a", expecting: .lastOfKey(key("k"), offset: nil))
            }
            let first = try await append()
            #expect(first.map(\.isStored) == [true, true])
            try await engine.append([Event("later", key: "k")], to: "a")
            let again = try await append()
            #expect(again.map(\.kind) == ["duplicate", "duplicate"])
            #expect(again.map(\.asStored) == first)
        },
        EngineCase("an expectation about a partition that is not there is refused") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            #expect(
                await engineError { () async throws(EngineError) in
                    _ = try await engine.append(
                        [Event("x")], to: "a", expecting: .lastOfPartition(1, offset: nil))
                } == .partitionNotFound("a", partition: 1, count: 1))
            #expect(
                await engineError { () async throws(EngineError) in
                    _ = try await engine.append(
                        [Event("x")], to: "b", expecting: .lastOfKey([], offset: nil))
                } == .stationNotFound("b"))
        },
        EngineCase("a key's last event is one that is held, wherever it was moved to") { bench in
            try await bench.engine.open("a", settings: nil)
            var random = SeededGenerator.printed(for: "a key's last event")
            for number in 0..<300 {
                let name = "\(random.number(0...40))"
                try await bench.engine.append(
                    [Event("x", key: "key " + name)] + (0..<20).map { _ in Event("filler") },
                    to: "a")
                if random.once(in: 20) {
                    try await bench.engine.keep(
                        Retention(events: UInt64(random.number(100...3_000))), in: "a")
                }
                if random.once(in: 8) { try await bench.tidy() }
                if random.once(in: 25) { try await bench.reopen() }
                guard number % 3 == 0 else { continue }
                let wanted = "key \(random.number(0...45))"
                let last = try await bench.engine.readAll(key: wanted, of: "a").offsets.last
                let wrong: UInt64? = random.once(in: 2) ? nil : 9_999_999
                let receipts = try await bench.engine.append(
                    [Event("y", key: wanted)], to: "a",
                    expecting: .lastOfKey(key(wanted), offset: wrong))
                if last == nil && wrong == nil {
                    #expect(receipts.map(\.isStored) == [true])
                } else {
                    #expect(receipts == [.unexpected(partition: 0, actual: last)])
                }
            }
        },
        EngineCase("writers who expect one key's last event make one line of history") { bench in
            try await writers(bench, keys: 1, turns: 40)
        },
        EngineCase("writers who expect their keys' last events make a line for each key") {
            bench in
            try await writers(bench, keys: 12, turns: 60)
        },
        EngineCase("a payload over what the engine stores is refused, and the others are not") {
            bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let limit = Bounds.eventBytesMaximum
            func event(_ bytes: Int) -> Event {
                Event(
                    time: EventTime(microseconds: 0),
                    payload: [UInt8](repeating: 7, count: bytes))
            }
            #expect(
                try await engine.append(
                    [event(1), event(limit + 1), event(limit), event(2)], to: "a"
                ).map(\.kind) == ["stored", "too large", "stored", "stored"])
            #expect(
                try await engine.readAll("a").records.events.map(\.payload.count)
                    == [1, limit, 2])
        },
    ]

    /// Eight writers at once, each of whom reads where a key ends, and appends behind it.
    private static func writers(_ bench: EngineBench, keys: Int, turns: Int) async throws {
        let engine = bench.engine
        let seed = SeededGenerator.printed(for: "writers of \(keys) keys").seed
        _ = try await engine.open("a", settings: StationSettings(partitions: 3))
        let stored = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    var random = SeededGenerator(seed: seed &+ UInt64(writer))
                    var last: [String: UInt64] = [:]
                    var stored = 0
                    for _ in 0..<turns {
                        let name = "key \(random.number(0...keys - 1))"
                        // What it read may be history by now, and says what it was.
                        let event = Event(last[name].map(String.init) ?? "none", key: name)
                        let receipt = try await engine.append(
                            [event], to: "a",
                            expecting: .lastOfKey(key(name), offset: last[name]))[0]
                        switch receipt {
                        case .stored(_, let offset):
                            last[name] = offset
                            stored += 1
                        case .unexpected(_, let actual):
                            #expect(actual != last[name])
                            last[name] = actual
                        default: Issue.record("\(receipt)")
                        }
                    }
                    return stored
                }
            }
            return try await group.reduce(0, +)
        }
        var found = 0
        for partition: UInt32 in 0..<3 {
            let events = try await engine.readAll("a", partition: partition)
            var last: [[UInt8]: UInt64] = [:]
            for (offset, event) in zip(events.offsets, events.records.events) {
                let before = last[event.key ?? []].map(String.init) ?? "none"
                #expect(String(decoding: event.payload, as: UTF8.self) == before)
                last[event.key ?? []] = offset
                found += 1
            }
        }
        #expect(found == stored)
    }
}
