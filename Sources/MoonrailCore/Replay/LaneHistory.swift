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

    /// Settlements of a lane with one input follow each other, so that they are one run for each
    /// version.
    package private(set) var runs: [Run] = []
    /// What the machine decided about single events, which the inputs alone don't tell.
    package private(set) var verdicts: [InputPlace: FunctionFault.Kind] = [:]
    /// Events that failed and were run again with success, out of turn.
    package private(set) var resent: Set<InputPlace> = []

    package init() {}

    /// Takes in the journal's next record.
    package mutating func take(_ record: JournalRecord) {
        for taken in record.taken {
            if let last = runs.indices.last, runs[last].station == taken.station,
                runs[last].version == record.version, taken.first == runs[last].last + 1
            {
                runs[last].last = taken.last
            } else {
                runs.append(
                    Run(
                        version: record.version, station: taken.station, first: taken.first,
                        last: taken.last))
            }
        }
        for verdict in record.verdicts {
            let place = InputPlace(station: verdict.station, offset: verdict.offset)
            verdicts[place] = verdict.kind
        }
        for fate in record.fates where fate.kind == .resent {
            resent.insert(InputPlace(station: fate.station, offset: fate.offset))
        }
        if let reset = record.reset { goBack(to: reset.position) }
    }

    /// Forgets what lies at `position` or behind it.
    private mutating func goBack(to position: Position) {
        runs = runs.compactMap { run in
            guard let end = position.offsets[run.station] else { return run }
            guard run.first < end else { return nil }
            var run = run
            run.last = min(run.last, end - 1)
            return run
        }
        func isKept(_ place: InputPlace) -> Bool {
            position.offsets[place.station].map { place.offset < $0 } ?? true
        }
        verdicts = verdicts.filter { isKept($0.key) }
        resent = resent.filter(isKept)
    }
}
