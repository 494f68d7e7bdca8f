import MoonrailCore

/// Finds the settlements of lanes that took an event.
///
/// A lane takes the events of an input in their order, so that its journal is searched by halving.
/// Where that finds nothing, or the lane was replayed or its input made anew under the same name,
/// the whole journal is read, as far as there are `recordsLeft`.
struct JournalSearch: Sendable {
    private let engine: any StationEngine
    /// Records that may still be read one after another.
    private(set) var recordsLeft: Int
    /// What was read last: events that are looked for together often share a record.
    private var latest: [LaneID: (first: UInt64, records: [JournalRecord])] = [:]

    private var replayed: [LaneID: Bool] = [:]

    private static let probeRecords = 16
    private static let pageRecords = 1_000

    init(_ engine: any StationEngine, records: Int) {
        self.engine = engine
        recordsLeft = records
    }

    /// An event by its place, with all names that its station had.
    struct Input: Sendable {
        let stations: Set<StationName>
        let offset: UInt64
    }

    /// The records of all settlements that took the event, oldest first.
    ///
    /// - Parameter since: when the event was appended; records before are about another of the same
    ///   place.
    /// - Returns: and whether there may be others, as the search was broken off.
    mutating func records(
        of lane: LaneSummary, taking input: Input, since: EventTime?
    ) async throws(EngineError) -> (records: [JournalRecord], isBroken: Bool) {
        func isMeant(_ record: JournalRecord) -> Bool {
            guard record.takes(input) else { return false }
            guard let since, let settled = record.settled else { return true }
            return settled.upperBound >= since
        }
        if try await !isReplayed(lane.lane), let (number, found) = try await halve(lane, input),
            isMeant(found)
        {
            return ([found] + (try await ticks(after: number, of: lane.lane, input)), false)
        }
        var found: [JournalRecord] = []
        var next: UInt64 = 0
        while next < lane.settlements {
            guard recordsLeft > 0 else { return (found, true) }
            let page = try await engine.journal(
                of: lane.lane, from: next, limit: min(Self.pageRecords, recordsLeft))
            if page.isEmpty { break }
            found += page.filter(isMeant)
            next += UInt64(page.count)
            recordsLeft -= page.count
        }
        return (found, false)
    }

    /// Whether the lane was ever reset, so that it may have taken an event more than once.
    mutating func isReplayed(_ lane: LaneID) async throws(EngineError) -> Bool {
        if let known = replayed[lane] { return known }
        let isReplayed = try await engine.value(of: lane, in: .replay, key: []) != nil
        replayed[lane] = isReplayed
        return isReplayed
    }

    /// The ticks that followed the event, before anything else was taken.
    private func ticks(
        after number: UInt64, of lane: LaneID, _ input: Input
    ) async throws(EngineError) -> [JournalRecord] {
        // Only functions with an idle rule have some.
        guard try await engine.value(of: lane, in: .silence, key: []) != nil else { return [] }
        var found: [JournalRecord] = []
        var next = number + 1
        while true {
            let page = try await engine.journal(of: lane, from: next, limit: Self.probeRecords)
            for record in page {
                guard record.taken.isEmpty else { return found }
                if record.takes(input) { found.append(record) }
            }
            if page.isEmpty { return found }
            next += UInt64(page.count)
        }
    }

    private mutating func halve(
        _ lane: LaneSummary, _ input: Input
    ) async throws(EngineError) -> (UInt64, JournalRecord)? {
        if let (first, records) = latest[lane.lane],
            let index = records.firstIndex(where: { $0.takes(input) && $0.tick == nil })
        {
            return (first + UInt64(index), records[index])
        }
        var low: UInt64 = 0
        var high = lane.settlements
        while low < high {
            let middle = low + (high - low) / 2
            guard
                let (number, record) = try await first(
                    in: middle..<high, of: lane.lane, reading: input.stations)
            else {
                high = middle
                continue
            }
            if record.takes(input) { return (number, record) }
            let offset = record.taken.first { input.stations.contains($0.station) }?.first
            if let offset, offset > input.offset { high = middle } else { low = number + 1 }
        }
        return nil
    }

    /// The first of these records that took events of the station, and its number.
    private mutating func first(
        in numbers: Range<UInt64>, of lane: LaneID, reading stations: Set<StationName>
    ) async throws(EngineError) -> (UInt64, JournalRecord)? {
        var next = numbers.lowerBound
        while next < numbers.upperBound {
            let page = try await engine.journal(
                of: lane, from: next, limit: Self.probeRecords)
            if page.isEmpty { return nil }
            latest[lane] = (next, page)
            for (number, record) in zip(next..<numbers.upperBound, page)
            where record.taken.contains(where: { stations.contains($0.station) }) {
                return (number, record)
            }
            next += UInt64(page.count)
        }
        return nil
    }
}

extension JournalRecord {
    fileprivate func takes(_ input: JournalSearch.Input) -> Bool {
        if let tick {
            return tick.offset == input.offset && input.stations.contains(tick.station)
        }
        return taken.contains {
            $0.first <= input.offset && input.offset <= $0.last
                && input.stations.contains($0.station)
        }
    }
}
