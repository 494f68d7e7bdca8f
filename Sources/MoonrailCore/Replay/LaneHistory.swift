/// What a lane took, in the order in which it took it, as its journal tells. What was taken before
/// a reset and again after it counts as it was taken last.
package struct LaneHistory: Hashable, Sendable {
    /// Consecutive events of one station that one version ran over.
    package struct Run: Hashable, Sendable {
        package var version: FunctionVersion
        package var station: StationName
        package var first: UInt64
        package var last: UInt64
    }

    /// Timers that fired while nothing came: the clock moved event time.
    package struct Tick: Hashable, Sendable {
        package var version: FunctionVersion
        /// The event that came last.
        package var place: InputPlace
        /// How far event time came.
        package var time: EventTime
        /// Timers that were stopped when they fired.
        package var stopped: [JournalRecord.StoppedTimer]
    }

    package enum Step: Hashable, Sendable {
        case run(Run)
        case tick(Tick)
    }

    /// How far event time had come, in front of events that were settled at once and behind them.
    private struct Mark: Hashable {
        var station: StationName
        var first: UInt64
        var last: UInt64
        var before: EventTime?
        var after: EventTime?
    }

    /// Settlements of a lane with one input follow each other, so that they are one run for each
    /// version.
    package private(set) var steps: [Step] = []
    /// What the machine decided about single events, which the inputs alone don't tell.
    package private(set) var verdicts: [InputPlace: FunctionFault.Kind] = [:]
    /// What it decided about timers that fired after events.
    package private(set) var stopped: [InputPlace: [JournalRecord.StoppedTimer]] = [:]
    /// Events that failed and were run again with success, out of turn.
    package private(set) var resent: Set<InputPlace> = []
    /// Ticks behind the place that the lane was moved to, which it has not come to again.
    package private(set) var ahead: [Tick] = []
    private var marks: [Mark] = []
    private var reached: EventTime?

    package init() {}

    /// Takes in the journal's next record.
    package mutating func take(_ record: JournalRecord) {
        let before = reached
        if let watermark = record.watermark { reached = watermark }
        for taken in record.taken {
            take(taken, of: record.version)
            guard reached != nil else { continue }
            marks.append(
                Mark(
                    station: taken.station, first: taken.first, last: taken.last, before: before,
                    after: reached))
        }
        for verdict in record.verdicts {
            let place = InputPlace(station: verdict.station, offset: verdict.offset)
            verdicts[place] = verdict.kind
        }
        for fate in record.fates where fate.kind == .resent {
            resent.insert(InputPlace(station: fate.station, offset: fate.offset))
        }
        if let place = record.tick {
            take(tick: place, record)
        } else {
            for one in record.stopped { stopped[one.place, default: []].append(one) }
        }
        if let reset = record.reset {
            goBack(to: reset.position)
            // Where nothing ran again the lane's event time stays.
            reached = record.watermark
        }
    }

    private mutating func take(_ taken: JournalRecord.Taken, of version: FunctionVersion) {
        if let index = steps.indices.last, case .run(var run) = steps[index],
            run.station == taken.station, run.version == version, taken.first == run.last + 1
        {
            run.last = taken.last
            steps[index] = .run(run)
        } else {
            steps.append(
                .run(
                    Run(
                        version: version, station: taken.station, first: taken.first,
                        last: taken.last)))
        }
    }

    private mutating func take(tick place: InputPlace, _ record: JournalRecord) {
        guard let time = record.watermark else { return }
        let tick = Tick(
            version: record.version, place: place, time: time, stopped: record.stopped)
        steps.append(.tick(tick))
        if let last = marks.indices.last { marks[last].after = time }
        // One that is repeated.
        let same = ahead.firstIndex { $0.place == place && $0.time == time }
        if let same { ahead.remove(at: same) }
    }

    /// Forgets what lies at `position` or behind it.
    private mutating func goBack(to position: Position) {
        func isKept(_ place: InputPlace) -> Bool {
            position.offsets[place.station].map { place.offset < $0 } ?? true
        }
        var left: [Tick] = []
        steps = steps.compactMap { step -> Step? in
            switch step {
            case .tick(let tick):
                if isKept(tick.place) { return step }
                left.append(tick)
                return nil
            case .run(var run):
                guard let end = position.offsets[run.station] else { return step }
                guard run.first < end else { return nil }
                run.last = min(run.last, end - 1)
                return .run(run)
            }
        }
        ahead = left + ahead.filter { !isKept($0.place) }
        marks.removeAll { !isKept(InputPlace(station: $0.station, offset: $0.first)) }
        verdicts = verdicts.filter { isKept($0.key) }
        stopped = stopped.filter { isKept($0.key) }
        resent = resent.filter(isKept)
    }
}

extension LaneHistory {
    /// How far event time had come in front of an event of the lane's one input.
    package struct Reached: Hashable, Sendable {
        /// Before the events that follow; nil: there was no event yet.
        package var time: EventTime?
        /// Those that moved it further, in front of the event.
        package var events: Range<UInt64>
        /// It came no further than this.
        package var most: EventTime?
    }

    /// - Returns: nil when the journal does not tell.
    package func reached(before offset: UInt64, of station: StationName) -> Reached? {
        guard let mark = marks.last(where: { $0.station == station && $0.first < offset }) else {
            // Nothing is in front of the first mark but what was settled before marks were kept.
            guard let first = marks.first(where: { $0.station == station }),
                first.before == nil, steps.runs.allSatisfy({ $0.first >= offset })
            else { return nil }
            return Reached(time: nil, events: offset..<offset, most: nil)
        }
        if offset > mark.last {
            return Reached(time: mark.after, events: offset..<offset, most: mark.after)
        }
        return Reached(time: mark.before, events: mark.first..<offset, most: mark.after)
    }
}

extension [LaneHistory.Step] {
    /// Those that took events.
    package var runs: [LaneHistory.Run] {
        compactMap { step -> LaneHistory.Run? in
            if case .run(let run) = step { return run }
            return nil
        }
    }
}
