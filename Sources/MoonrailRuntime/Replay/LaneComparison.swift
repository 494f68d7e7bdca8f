import MoonrailCore

/// The comparison of one lane's history.
struct LaneComparison {
    private let lane: LaneID
    private let wish: HistoryComparison.Wish
    private let tools: HistoryComparison
    private let history: LaneHistory
    private let runs: [LaneHistory.Run]
    private let begin: Position
    private let generations: Generations
    private let partitions: UInt32

    /// Offsets that are compared at a time: their outputs are held in memory.
    private static let slice: UInt64 = 500_000
    private static let bounds = ReadBounds()

    /// Looks up what there is to run.
    ///
    /// - Throws: `ResetRefused`, `EngineError`.
    init(
        _ lane: LaneSummary, _ wish: HistoryComparison.Wish, of tools: HistoryComparison
    ) async throws {
        self.lane = lane.lane
        self.wish = wish
        self.tools = tools
        let engine = tools.engine
        var history = LaneHistory()
        var next: UInt64 = 0
        while true {
            let records = try await engine.journal(of: lane.lane, from: next, limit: 1_000)
            if records.isEmpty { break }
            for record in records { history.take(record) }
            next += UInt64(records.count)
        }
        self.history = history
        let encoded = try await engine.value(of: lane.lane, in: .generations, key: [])
        generations = encoded.flatMap { Generations(encoded: $0) } ?? Generations()
        var begin = Position()
        var partitions: UInt32 = 1
        for station in Set(history.runs.map(\.station)).sorted() {
            let summary = try await engine.describe(station)
            partitions = summary.settings.partitions
            begin[station] = try await wish.from.offset(
                in: lane.lane.partition, summary.partitions[Int(lane.lane.partition)], of: station,
                engine)
        }
        self.begin = begin
        self.partitions = partitions
        runs = history.runs.compactMap { run in
            guard run.last >= begin[run.station] else { return nil }
            var run = run
            run.first = max(run.first, begin[run.station])
            return run
        }
        if case .offset = wish.from, begin.offsets.count > 1 {
            throw ResetRefused(
                "function '\(wish.function)' read \(begin.offsets.count) stations, each with "
                    + "offsets of its own; begin at earliest or at a time")
        }
    }

    /// Events that are to run.
    var events: UInt64 { runs.reduce(0) { $0 + $1.last - $1.first + 1 } }

    func run(
        _ retry: Retry, _ report: inout HistoryComparison.Report,
        _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws {
        var runners = RunnersByVersion(lane: lane, tools: tools, wish: wish, retry: retry)
        let functions = try await runners.functions(for: Set(runs.map(\.version)))
        let state = try await state(for: functions)
        var seen: Set<StationName> = []
        let outputs = functions.values.flatMap(\.definition.to).filter { seen.insert($0).inserted }
        let scan = OutputScan(
            lane: lane, stations: outputs + [.deadLetters(of: wish.function)],
            generations: generations, engine: tools.engine)
        do {
            for slice in slices() {
                try await compare(slice, scan, state, &runners, &report, tell)
            }
            await runners.stop()
        } catch {
            await runners.stop()
            throw error
        }
    }

    private func state(
        for functions: [FunctionVersion: DeployableFunction]
    ) async throws -> HistoryState? {
        guard let state = functions.values.compactMap(\.definition.state).first else { return nil }
        if !begin.isBeginning, begin.offsets.count > 1 {
            throw ResetRefused(
                "function '\(wish.function)' keeps state and reads \(begin.offsets.count) "
                    + "stations; its history can only run from the beginning")
        }
        if try await tools.engine.hasSwappedInputs(lane) {
            throw ResetRefused(
                "function '\(wish.function)' keeps state, and what it reads was swapped: the "
                    + "events that made its state are not there under their names any more")
        }
        if wish.script == nil, !history.resent.isEmpty {
            throw ResetRefused(
                "\(history.resent.count) dead letters of lane \(lane) were resent, out of turn: "
                    + "the state that they saw can't be had again, so that this can't be verified")
        }
        return HistoryState(
            StatePlacement(lane: lane, partitions: partitions, state: state), from: begin,
            engine: tools.engine)
    }

    /// The runs, cut and grouped so that each group has at most so many events.
    private func slices() -> [[LaneHistory.Run]] {
        var slices: [[LaneHistory.Run]] = []
        var group: [LaneHistory.Run] = []
        var room = Self.slice
        for var run in runs {
            while run.last - run.first + 1 > room {
                var part = run
                part.last = run.first + room - 1
                slices.append(group + [part])
                (group, room) = ([], Self.slice)
                run.first = part.last + 1
            }
            group.append(run)
            room -= run.last - run.first + 1
            if room == 0 {
                slices.append(group)
                (group, room) = ([], Self.slice)
            }
        }
        return group.isEmpty ? slices : slices + [group]
    }

    private func compare(
        _ slice: [LaneHistory.Run], _ scan: OutputScan, _ state: HistoryState?,
        _ runners: inout RunnersByVersion, _ report: inout HistoryComparison.Report,
        _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws {
        var (first, end) = (Position(), Position())
        for run in slice {
            first[run.station] = min(first.offsets[run.station] ?? .max, run.first)
            end[run.station] = max(end[run.station], run.last + 1)
        }
        let recorded = try await scan.outputs(from: first, to: end)
        var comparison = OutputComparison(recordedIn: scan.stations)
        let before = report.counts
        for run in slice {
            var cursor = StationCursor(
                station: run.station, partition: lane.partition, offset: run.first)
            while cursor.offset <= run.last {
                var events = try await tools.engine.read(cursor, bounds: Self.bounds)
                events.cut(behind: run.last)
                guard let last = events.offsets.last else {
                    report.gone += run.last - cursor.offset + 1
                    break
                }
                report.gone += events.offsets[0] - cursor.offset
                cursor.offset = last + 1
                let batch = LaneBatch([events.without(history.verdicts, &report.verdicts)])
                report.events += UInt64(batch.count)
                guard batch.count > 0 else { continue }
                let outputs = runners.outputs(of: run.version)
                try await runners.run(batch, run.version, state) { number, outcome, reply in
                    let place = batch.inputPlace(number)
                    let differences = comparison.take(
                        outcome, of: reply, outputs: outputs, at: place,
                        event: batch.withRecord(number, \.event),
                        recorded: recorded.of(place), isResent: history.resent.contains(place))
                    for difference in differences where isTold(before, comparison.counts) {
                        try await tell(.difference(try await known(difference)))
                    }
                }
                report.counts = before + comparison.counts
                try await tell(.progress(report))
            }
        }
    }

    private func isTold(
        _ before: OutputComparison.Counts, _ counts: OutputComparison.Counts
    ) -> Bool {
        before.differences + counts.differences <= UInt64(HistoryComparison.toldMost)
    }

    /// The difference with what is there, and where the two differ.
    private func known(
        _ difference: OutputComparison.Difference
    ) async throws(EngineError) -> HistoryComparison.Difference {
        var known = HistoryComparison.Difference(partition: lane.partition, output: difference)
        guard let partition = difference.partition, let offset = difference.offset else {
            return known
        }
        let events = try await tools.engine.read(
            StationCursor(station: difference.station, partition: partition, offset: offset),
            bounds: ReadBounds(events: 1))
        guard events.offsets.first == offset else { return known }
        let recorded = events.records.withRecord(0, \.event)
        known.recorded = recorded
        if let event = difference.event { known.places = recorded.differences(from: event) }
        return known
    }
}
