import MoonrailCore

/// Makes sure that all that stands in a function's stations is its own, and of events that its
/// shadow went over: whatever else is there, a swap would hide.
struct OutputOwnership {
    private let shadow: Shadow
    /// All that the function was ever called.
    private let names: Set<FunctionName>
    /// Where the shadow's lanes began, by their partitions.
    private let beginnings: [UInt32: Position]
    private let engine: any StationLog
    /// What was looked at, by station.
    private(set) var ends: [StationName: [UInt64]] = [:]

    private static let bounds = ReadBounds(events: 4_096, bytes: 1 << 20)

    init(
        _ shadow: Shadow, names: Set<FunctionName>, beginnings: [UInt32: Position],
        engine: any StationLog
    ) {
        self.shadow = shadow
        self.names = names
        self.beginnings = beginnings
        self.engine = engine
    }

    /// Looks at all that was not looked at before, up to these ends.
    ///
    /// - Throws: `ResetRefused` for an event that is not the function's; `EngineError`.
    mutating func check(_ station: StationName, to ends: [UInt64]) async throws {
        let before = self.ends[station] ?? ends.map { _ in 0 }
        for (number, end) in ends.enumerated() {
            var cursor = StationCursor(
                station: station, partition: UInt32(number), offset: before[number])
            while cursor.offset < end {
                let events = try await engine.read(cursor, bounds: Self.bounds)
                guard let last = events.offsets.last else { break }
                try check(events)
                cursor.offset = last + 1
            }
        }
        self.ends[station] = ends
    }

    private func check(_ events: StoredEvents) throws(ResetRefused) {
        let origins = events.records.origins
        let begins = origins.map { origin -> UInt64? in
            guard names.contains(origin.function) else { return nil }
            return beginnings[origin.partition]?.offsets[origin.station] ?? 0
        }
        var wrong: Int?
        events.records.forEachRecord { index, record in
            guard wrong == nil else { return }
            guard let cause = record.origin, let begin = begins[cause.originIndex] else {
                wrong = index
                return
            }
            if cause.offset < begin { wrong = index }
        }
        guard let wrong else { return }
        let place = positionalID(
            station: events.station, partition: events.partition, offset: events.offsets[wrong])
        guard let cause = events.cause(wrong), names.contains(cause.origin.function) else {
            throw ResetRefused(
                "\(place) was not written by '\(shadow.function)'; a swap would hide it, and what "
                    + "else others write into '\(events.station)'")
        }
        let input = positionalID(
            station: cause.origin.station, partition: cause.origin.partition, offset: cause.offset)
        throw ResetRefused(
            "\(place) comes of \(input), which lies before the place where the shadow began; a "
                + "swap would hide it: begin a shadow at earliest")
    }
}
