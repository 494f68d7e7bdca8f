import MoonrailCore

/// The comparison of one lane's history.
struct LaneComparison {
    private let lane: LaneID
    private let wish: HistoryComparison.Wish
    private let tools: HistoryComparison
    private let history: LaneHistory
    private let steps: [LaneHistory.Step]
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
        let history = try await engine.history(of: lane.lane)
        self.history = history
        generations = try await engine.generations(of: lane.lane)
        var begin = Position()
        var partitions: UInt32 = 1
        for station in Set(history.steps.runs.map(\.station)).sorted() {
            let summary = try await engine.describe(station)
            partitions = summary.settings.partitions
            begin[station] = try await wish.from.offset(
                in: lane.lane.partition, summary.partitions[Int(lane.lane.partition)], of: station,
                engine)
        }
        self.begin = begin
        self.partitions = partitions
        steps = history.steps.compactMap { step -> LaneHistory.Step? in
            switch step {
            case .tick(let tick): return tick.place.offset < begin[tick.place.station] ? nil : step
            case .run(var run):
                guard run.last >= begin[run.station] else { return nil }
                run.first = max(run.first, begin[run.station])
                return .run(run)
            }
        }
        if case .offset = wish.from, begin.offsets.count > 1 {
            throw ResetRefused(
                "function '\(wish.function)' read \(begin.offsets.count) stations, each with "
                    + "offsets of its own; begin at earliest or at a time")
        }
    }

    /// Events that are to run.
    var events: UInt64 { steps.runs.reduce(0) { $0 + $1.last - $1.first + 1 } }

    func run(
        _ retry: Retry, _ report: inout HistoryComparison.Report,
        _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws {
        var runners = RunnersByVersion(
            lane: lane, tools: tools, wish: wish, retry: retry, stopped: history.stopped)
        let functions = try await runners.functions(for: versions)
        let state = try await state(for: functions)
        var seen: Set<StationName> = []
        let outputs = functions.values.flatMap(\.definition.to).filter { seen.insert($0).inserted }
        let scan = OutputScan(
            lane: lane, stations: outputs + [.deadLetters(of: wish.function)],
            generations: generations,
            hasTimers: functions.values.contains { $0.definition.timers != nil },
            engine: tools.engine)
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

    private var versions: Set<FunctionVersion> {
        Set(
            steps.map { step in
                switch step {
                case .run(let run): run.version
                case .tick(let tick): tick.version
                }
            })
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
        let placement = StatePlacement(lane: lane, partitions: partitions, state: state)
        let history = HistoryState(placement, from: begin, engine: tools.engine)
        if let timers = functions.values.compactMap(\.definition.timers).first {
            let search = WatermarkSearch(
                lane: lane, history: self.history, lateness: timers.lateness, engine: tools.engine)
            try await history.beginTimers(reached: search.reached(at: begin))
        }
        return history
    }

    /// The steps, cut and grouped so that each group has at most so many events. Ticks stay with
    /// the event after which they came, whose outputs are looked up with theirs.
    private func slices() -> [[LaneHistory.Step]] {
        var slices: [[LaneHistory.Step]] = []
        var group: [LaneHistory.Step] = []
        var room = Self.slice
        for step in steps {
            guard case .run(var run) = step else {
                group.append(step)
                continue
            }
            while true {
                if room == 0 {
                    slices.append(group)
                    (group, room) = ([], Self.slice)
                }
                var part = run
                part.last = min(run.last, run.first + room - 1)
                group.append(.run(part))
                room -= part.last - part.first + 1
                if part.last == run.last { break }
                run.first = part.last + 1
            }
        }
        return group.isEmpty ? slices : slices + [group]
    }

    private func compare(
        _ slice: [LaneHistory.Step], _ scan: OutputScan, _ state: HistoryState?,
        _ runners: inout RunnersByVersion, _ report: inout HistoryComparison.Report,
        _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws {
        var (first, end) = (Position(), Position())
        for case .run(let run) in slice {
            first[run.station] = min(first.offsets[run.station] ?? .max, run.first)
            end[run.station] = max(end[run.station], run.last + 1)
        }
        var work = SliceWork(
            recorded: try await scan.outputs(from: first, to: end),
            comparison: OutputComparison(recordedIn: scan.stations), before: report.counts)
        for step in slice {
            switch step {
            case .run(let run): try await compare(run, &work, state, &runners, &report, tell)
            case .tick(let tick):
                try await compare(tick, &work, state, &runners, tell)
            }
        }
        try await self.tell(work.comparison.finish(work.recorded.fired), work, tell)
        report.counts = work.before + work.comparison.counts
        try await tell(.progress(report))
    }

    /// What is known of one slice.
    private struct SliceWork {
        var recorded: RecordedOutputs
        var comparison: OutputComparison
        /// What was counted in the slices before.
        let before: OutputComparison.Counts
    }

    private func compare(
        _ run: LaneHistory.Run, _ work: inout SliceWork, _ state: HistoryState?,
        _ runners: inout RunnersByVersion, _ report: inout HistoryComparison.Report,
        _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws {
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
            try await runners.run(batch, run.version, state) { number, inReply, outcome, reply in
                let place = batch.inputPlace(number)
                var differences = work.comparison.take(
                    outcome, of: reply, outputs: outputs, at: place,
                    event: batch.withRecord(number, \.event),
                    recorded: work.recorded.of(place), isResent: history.resent.contains(place))
                if let reply, outcome.movesTime {
                    for firing in reply.firings where firing.event == inReply {
                        differences += work.comparison.take(
                            firing, of: reply, outputs: outputs, after: place,
                            recorded: &work.recorded.fired)
                    }
                }
                try await self.tell(differences, work, tell)
            }
            report.counts = work.before + work.comparison.counts
            try await tell(.progress(report))
        }
    }

    private func compare(
        _ tick: LaneHistory.Tick, _ work: inout SliceWork, _ state: HistoryState?,
        _ runners: inout RunnersByVersion, _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws {
        let last = try await tools.engine.lastEvent(
            StationCursor(
                station: tick.place.station, partition: lane.partition, offset: tick.place.offset))
        guard let reply = try await runners.run(tick, after: last, state) else { return }
        let outputs = runners.outputs(of: tick.version)
        for firing in reply.firings {
            let differences = work.comparison.take(
                firing, of: reply, outputs: outputs, after: tick.place,
                recorded: &work.recorded.fired)
            try await self.tell(differences, work, tell)
        }
    }

    private func tell(
        _ differences: [OutputComparison.Difference], _ work: SliceWork,
        _ tell: (HistoryComparison.News) async throws -> Void
    ) async throws {
        for difference in differences where isTold(work.before, work.comparison.counts) {
            try await tell(.difference(try await known(difference)))
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
