import MoonrailCore

/// Compares what a function's shadow has made with what stands in the function's stations, event by
/// event, as far as both have come.
struct ShadowComparison {
    private let shadow: Shadow
    private let engine: any StationEngine

    private static let progressEvents: UInt64 = 50_000

    /// - Throws: `ResetRefused` when there is none; `EngineError`.
    init(of function: FunctionName, engine: any StationEngine) async throws {
        let registry = try await FunctionRegistry(engine)
        guard let record = registry.record(of: function)?.shadow else {
            throw ResetRefused(
                "function '\(function)' has no shadow to compare with; begin one with: moonrail "
                    + "offset reset \(function) --to earliest --outputs shadow")
        }
        shadow = try Shadow(of: function, record)
        self.engine = engine
    }

    /// One lane's part: where to compare, and what to look outputs up with.
    private struct Part {
        let partition: UInt32
        let begin: Position
        let end: Position
        let live: OutputScan
        let shadow: OutputScan
        let resent: Set<InputPlace>
    }

    /// Compares, and calls `tell` with what it finds.
    ///
    /// - Throws: `ResetRefused`, `EngineError`; what `tell` throws.
    func run(
        _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws -> HistoryComparison.Report {
        var report = HistoryComparison.Report()
        var parts: [Part] = []
        let lanes = try await engine.lanes()
        for lane in lanes where lane.lane.function == shadow.function {
            let other = LaneID(function: shadow.name, partition: lane.lane.partition)
            guard let other = lanes.first(where: { $0.lane == other }) else { continue }
            let part = try await part(lane, other)
            parts.append(part)
            report.eventsAll += part.begin.distance(to: part.end)
        }
        for part in parts { try await compare(part, &report, tell) }
        return report
    }

    private func part(_ live: LaneSummary, _ other: LaneSummary) async throws -> Part {
        var begin = Position()
        for lane in [live, other] {
            let encoded = try await engine.value(of: lane.lane, in: .replay, key: [])
            guard let replay = encoded.flatMap({ LaneReplay(encoded: $0) }),
                replay.outputs == .shadow
            else { continue }
            begin = begin.further(replay.start)
        }
        var end = Position()
        for (station, offset) in other.position.offsets {
            end[station] = min(offset, live.position[station])
        }
        let outputs = shadow.outputs + [shadow.deadLetters]
        return Part(
            partition: live.lane.partition, begin: begin, end: end,
            live: try await scan(live.lane, outputs.map(\.live)),
            shadow: try await scan(other.lane, outputs.map(\.shadow)),
            resent: try await resent(in: live.lane).union(resent(in: other.lane)))
    }

    private func scan(
        _ lane: LaneID, _ stations: [StationName]
    ) async throws(EngineError) -> OutputScan {
        OutputScan(
            lane: lane, stations: stations, generations: try await engine.generations(of: lane),
            engine: engine)
    }

    /// Events that failed in this lane and were run again with success.
    private func resent(in lane: LaneID) async throws(EngineError) -> Set<InputPlace> {
        var resent: Set<InputPlace> = []
        try await engine.forEachJournalRecord(of: lane) { record in
            for fate in record.fates where fate.kind == .resent {
                resent.insert(InputPlace(station: fate.station, offset: fate.offset))
            }
        }
        return resent
    }

    private func compare(
        _ part: Part, _ report: inout HistoryComparison.Report,
        _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws {
        for station in part.end.offsets.keys.sorted() {
            var first = part.begin[station]
            while first < part.end[station] {
                let end = min(part.end[station], first + OutputScan.slice)
                try await compare(part, station, first..<end, &report, tell)
                first = end
            }
        }
    }

    private func compare(
        _ part: Part, _ station: StationName, _ offsets: Range<UInt64>,
        _ report: inout HistoryComparison.Report,
        _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws {
        let (first, end) = (
            Position([station: offsets.lowerBound]), Position([station: offsets.upperBound])
        )
        let recorded = try await part.live.outputs(from: first, to: end)
        let made = try await part.shadow.outputs(from: first, to: end)
        var comparison = OutputComparison(recordedIn: part.live.stations)
        let before = report.counts
        for offset in offsets {
            let place = InputPlace(station: station, offset: offset)
            let differences = comparison.take(
                made.of(place), at: place, recorded: recorded.of(place),
                isResent: part.resent.contains(place))
            report.events += 1
            for difference in differences
            where before.differences + comparison.counts.differences
                <= UInt64(HistoryComparison.toldMost)
            {
                try await tell(.difference(try await told(difference, part)))
            }
            guard report.events.isMultiple(of: Self.progressEvents) else { continue }
            report.counts = before + comparison.counts
            try await tell(.progress(report))
        }
        report.counts = before + comparison.counts
    }

    /// The difference with both events, and where they differ.
    private func told(
        _ found: OutputComparison.ShadowDifference, _ part: Part
    ) async throws(EngineError) -> HistoryComparison.Difference {
        var output = found.difference
        if let entry = found.shadow {
            output.event = try await event(
                in: part.shadow.stations[Int(entry.output)], entry.partition, entry.offset)
        }
        var told = HistoryComparison.Difference(partition: part.partition, output: output)
        if let partition = output.partition, let offset = output.offset {
            told.recorded = try await event(in: output.station, partition, offset)
        }
        if let recorded = told.recorded, let event = output.event {
            told.places = recorded.differences(from: event)
        }
        return told
    }

    /// Nil when it is gone.
    private func event(
        in station: StationName, _ partition: UInt32, _ offset: UInt64
    ) async throws(EngineError) -> Event? {
        let events = try await engine.read(
            StationCursor(station: station, partition: partition, offset: offset),
            bounds: ReadBounds(events: 1))
        guard events.offsets.first == offset else { return nil }
        return events.records.withRecord(0, \.event)
    }
}

extension HistoryComparison {
    /// Compares what a function's shadow has made with what stands in its stations, and calls
    /// `tell` with what it finds. Nothing runs for it, and nothing is appended.
    ///
    /// - Throws: `ResetRefused` when the function has none; `EngineError`; what `tell` throws.
    package func compareShadow(
        of function: FunctionName, _ tell: (News) async throws -> Void
    ) async throws -> Report {
        try await ShadowComparison(of: function, engine: engine).run(tell)
    }
}
