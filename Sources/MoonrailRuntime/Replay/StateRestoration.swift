import MoonrailCore

/// Gives a function's keys the state back that they had before the events that their lane was moved
/// to.
///
/// The function's state station has every change of every key. Of the keys that were changed by an
/// event that runs again, it is read what they had before. Each settlement is whole by itself, and
/// what was done twice is done: being stopped anywhere, it begins again.
struct StateRestoration {
    let lane: LaneID
    /// Where the lane was moved to.
    let position: Position
    let engine: any StationEngine

    /// Keys whose values are held at a time; with more, the changes are read several times.
    private static let keysAtOnce = 100_000
    private static let keysOfSettlement = 1_000

    /// Settles what the keys get back. Nothing of the lane may run meanwhile.
    ///
    /// - Throws: as `LaneStore.settle` and `StationLog.read`.
    func run(
        _ builder: inout SettlementBuilder, at time: EventTime
    ) async throws(EngineError) {
        let keys = try await changedKeys().sorted { $0.lexicographicallyPrecedes($1) }
        for start in stride(from: 0, to: keys.count, by: Self.keysAtOnce) {
            let slice = keys[start..<min(start + Self.keysAtOnce, keys.count)]
            let values = try await values(of: Set(slice))
            for first in stride(
                from: slice.startIndex, to: slice.endIndex, by: Self.keysOfSettlement)
            {
                let part = Array(slice[first..<min(first + Self.keysOfSettlement, slice.endIndex)])
                let present = try await engine.values(of: lane, in: .state, keys: part)
                let states = zip(part, present).map { key, present in
                    SettlementBuilder.RestoredState(
                        key: key, value: values[key],
                        present: present.flatMap { StateValue(encoded: $0) })
                }
                try await engine.settle([
                    builder.settlement(restoring: states, isLast: false, at: time)
                ])
                CrashPoint.restore.pass()
            }
        }
        try await engine.settle([builder.settlement(restoring: [], isLast: true, at: time)])
    }

    /// The keys that an event changed which runs again, and where all do, those that have a value
    /// for whatever reason.
    private func changedKeys() async throws(EngineError) -> Set<[UInt8]> {
        var keys: Set<[UInt8]> = []
        try await forEachChange { origin, record in
            guard !origin.isRestored, origin.place.offset >= position[origin.place.station],
                let key = record.key
            else { return }
            keys.insert(Array(key))
        }
        var last: [UInt8]?
        while position.isBeginning {
            let page = try await engine.values(
                of: lane, in: .state, after: last, limit: Self.keysOfSettlement)
            guard let key = page.last?.key else { break }
            for value in page { keys.insert(value.key) }
            last = key
        }
        return keys
    }

    /// What these keys had before the position.
    private func values(
        of keys: Set<[UInt8]>
    ) async throws(EngineError) -> [[UInt8]: StateValue] {
        var values: [[UInt8]: StateValue] = [:]
        if position.isBeginning { return values }
        try await forEachChange { origin, record in
            guard origin.counts(before: position), let key = record.key.map(Array.init),
                keys.contains(key)
            else { return }
            values[key] = StateValue(changeEvent: record.event)
        }
        return values
    }

    private func forEachChange(
        _ body: (StateChangeCause, EventRecord) -> Void
    ) async throws(EngineError) {
        try await StateChangeLog(lane: lane, engine: engine).forEach { events, number, origin in
            events.records.withRecord(number) { body(origin, $0) }
            return true
        }
    }
}
