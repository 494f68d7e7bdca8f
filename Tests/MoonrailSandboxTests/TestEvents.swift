import MoonrailCore

/// Events and batches for tests.
enum TestEvents {
    static func json(
        _ payload: String, key: String? = nil, id: String? = nil, time: Int64 = 1_000_000
    ) -> Event {
        Event(
            id: id.map { .text($0) }, key: key.map { Array($0.utf8) },
            time: EventTime(microseconds: time), payload: Array(payload.utf8))
    }

    static func part(_ station: String, from first: UInt64 = 0, _ events: [Event]) -> StoredEvents {
        var records = EventRecords()
        for event in events { records.append(event) }
        // The names of tests are valid.
        guard let name = try? StationName(station) else { preconditionFailure(station) }
        return StoredEvents(
            station: name, partition: 0, records: records,
            offsets: events.indices.map { first + UInt64($0) })
    }

    static func batch(_ payloads: [String]) -> LaneBatch {
        LaneBatch([part("readings", payloads.map { json($0) })])
    }

    static func random(_ random: inout SeededRandom) -> Event {
        Event(
            id: Bool.random(using: &random) ? .text(random.text(1...128)) : nil,
            key: Bool.random(using: &random) ? random.bytes(0...40) : nil,
            time: EventTime(microseconds: Int64.random(in: .min ... .max, using: &random)),
            type: Bool.random(using: &random) ? random.text(1...255) : nil,
            headers: (0..<Int.random(in: 0...3, using: &random)).map { _ in
                .init(random.text(1...64), random.text(0...300))
            }, payload: random.bytes(0...600), isJSON: Bool.random(using: &random))
    }
}

extension FunctionProgram {
    /// A program of one file, as a deployment would make it.
    static func test(
        _ source: String, outputs: [String] = ["out"], file: String = "functions/test.lua"
    ) throws -> FunctionProgram {
        FunctionProgram(
            function: "test", file: file, source: Array(source.utf8),
            outputs: try outputs.map { try StationName($0) })
    }
}
