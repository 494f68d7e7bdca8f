import MoonrailCore

/// The state that functions keep, to be looked at: as it is, as it was, and how it came to be.
///
/// What is is read from the lanes' values, what was from the function's state station, which holds
/// every change under its key.
package struct FunctionStates: Sendable {
    private let engine: any StationEngine

    package init(engine: any StationEngine) {
        self.engine = engine
    }

    /// The state of one key.
    package struct Entry: Hashable, Sendable {
        package let key: [UInt8]
        package let partition: UInt32
        /// Nil: the key has none.
        package let value: StateValue?
        /// The change that made it; nil where it was not looked up.
        package let change: Change?
    }

    /// What one event made of it.
    package struct Change: Hashable, Sendable {
        /// Its own place in the state station.
        package let offset: UInt64
        /// Nil: from then on the key had no state.
        package let value: StateValue?
        /// `station/partition/offset` of the event.
        package let cause: String
        package let version: FunctionVersion
        /// The event's.
        package let time: EventTime
        package let origin: StateChangeCause
    }

    /// A moment in the past.
    package enum Moment: Hashable, Sendable {
        /// After the input event at this offset was settled; for functions of one station.
        case offset(UInt64)
        /// After all that was settled by then.
        case time(EventTime)
    }

    /// Most entries of one page, and changes of one answer.
    package static let most = 1_000

    /// - Throws: `StateUnknown` when the function never kept state.
    package func value(of function: FunctionName, key: [UInt8]) async throws -> Entry {
        let partition = try await partition(of: key, function)
        let lane = LaneID(function: function, partition: partition)
        let encoded = try await engine.value(of: lane, in: .state, key: key)
        return Entry(
            key: key, partition: partition, value: encoded.flatMap { StateValue(encoded: $0) },
            change: nil)
    }

    /// The state of a key as it was.
    ///
    /// - Throws: `StateUnknown` when it can't be told: the function never kept state, reads several
    ///   stations and the moment is an offset, or has not come there yet, or retention has removed
    ///   the changes.
    package func value(
        of function: FunctionName, key: [UInt8], at moment: Moment
    ) async throws -> Entry {
        let partition = try await partition(of: key, function)
        let station = StationName.stateChanges(of: function)
        var end = UInt64.max
        var position: Position?
        switch moment {
        case .offset(let offset):
            position = try await checkSettled(offset, of: function, partition)
        case .time(let time):
            end = try await engine.seek(
                station, partition: partition,
                to: EventTime(microseconds: time.microseconds + 1))
        }
        var last: Change?
        try await forEachChange(
            of: key, LaneID(function: function, partition: partition)
        ) { change in
            if change.offset >= end { return false }
            if let position {
                // What was changed since the lane was moved back may lie before the moment.
                if change.origin.counts(before: position) { last = change }
            } else {
                last = change
            }
            return true
        }
        if last == nil {
            let summary = try await engine.describe(station).partitions[Int(partition)]
            guard summary.isWhole else {
                throw StateUnknown(
                    "no change of this key before then is kept: retention has removed what lies "
                        + "before offset \(summary.earliest) of \(station)/\(partition)")
            }
        }
        return Entry(key: key, partition: partition, value: last?.value, change: last)
    }

    /// The last changes of a key, oldest first.
    ///
    /// - Parameter limit: 1 to `most`.
    /// - Throws: `StateUnknown` when the function never kept state.
    package func history(
        of function: FunctionName, key: [UInt8], limit: Int
    ) async throws -> [Change] {
        let partition = try await partition(of: key, function)
        var changes: [Change] = []
        try await forEachChange(
            of: key, LaneID(function: function, partition: partition)
        ) { change in
            changes.append(change)
            // Cut now and then, so that a long history costs no more than twice what is kept.
            if changes.count >= 2 * limit { changes.removeFirst(changes.count - limit) }
            return true
        }
        return Array(changes.suffix(limit))
    }

    /// The keys that have state, those of partition 0 first, each partition's in bytewise order.
    ///
    /// - Parameters:
    ///   - after: the last one of the page before; nil for the first page.
    ///   - limit: 1 to `most`.
    /// - Throws: `StateUnknown` when the function never kept state.
    package func page(
        of function: FunctionName, after: (partition: UInt32, key: [UInt8])?, limit: Int
    ) async throws -> [Entry] {
        let count = try await partitions(of: function)
        var entries: [Entry] = []
        for partition in (after?.partition ?? 0)..<max(count, after?.partition ?? 0) {
            let key = partition == after?.partition ? after?.key : nil
            let values = try await engine.values(
                of: LaneID(function: function, partition: partition), in: .state, after: key,
                limit: limit - entries.count)
            entries += values.map {
                Entry(
                    key: $0.key, partition: partition, value: StateValue(encoded: $0.value),
                    change: nil)
            }
            if entries.count == limit { break }
        }
        return entries
    }

    /// How many keys have state.
    ///
    /// - Throws: `StateUnknown` when the function never kept state.
    package func count(of function: FunctionName) async throws -> UInt64 {
        var count: UInt64 = 0
        for partition in 0..<(try await partitions(of: function)) {
            let lane = LaneID(function: function, partition: partition)
            count += try await engine.stateKeys(of: lane)
        }
        return count
    }

    private func partitions(of function: FunctionName) async throws -> UInt32 {
        do throws(EngineError) {
            return try await engine.describe(.stateChanges(of: function)).settings.partitions
        } catch {
            guard case .stationNotFound = error else { throw error }
            throw StateUnknown("function '\(function)' keeps no state, or never ran")
        }
    }

    private func partition(of key: [UInt8], _ function: FunctionName) async throws -> UInt32 {
        let partitions = try await partitions(of: function)
        return key.withUnsafeBytes { Partitioner.partition(ofKey: $0, partitions: partitions) }
    }

    /// An offset means something where the lane has come there, and reads one station.
    ///
    /// - Returns: the position behind it; nil when there is no lane.
    private func checkSettled(
        _ offset: UInt64, of function: FunctionName, _ partition: UInt32
    ) async throws -> Position? {
        let id = LaneID(function: function, partition: partition)
        guard let lane = try await engine.lanes().first(where: { $0.lane == id }) else {
            return nil
        }
        let inputs = lane.position.offsets
        guard inputs.count == 1, let (station, next) = inputs.first else {
            throw StateUnknown(
                "function '\(function)' reads \(inputs.count) stations, whose offsets don't say "
                    + "which came first; give a time instead")
        }
        if try await engine.hasSwappedInputs(id) {
            throw StateUnknown(
                "what '\(function)' reads was swapped, so that offsets don't say what it had "
                    + "taken; give a time instead")
        }
        guard offset < next else {
            throw StateUnknown(
                "'\(function)' has not come to offset \(offset) of \(station)/\(partition) yet; "
                    + "it is at \(next)")
        }
        return Position([station: offset + 1])
    }

    /// Calls `body` with each change of a key, oldest first, until it answers false.
    private func forEachChange(
        of key: [UInt8], _ lane: LaneID, _ body: (Change) -> Bool
    ) async throws(EngineError) {
        try await StateChangeLog(lane: lane, engine: engine).forEach(of: key) {
            events, number, origin in
            guard let change = Change(events, number, origin) else { return true }
            return body(change)
        }
    }
}

/// Why nobody can tell what a key's state is or was.
package struct StateUnknown: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension FunctionStates.Change {
    /// - Returns: nil for an event without a cause.
    init?(_ events: StoredEvents, _ number: Int, _ origin: StateChangeCause) {
        guard let cause = events.cause(number) else { return nil }
        let event = events.records.withRecord(number, \.event)
        offset = events.offsets[number]
        value = StateValue(changeEvent: event)
        self.cause = positionalID(
            station: cause.origin.station, partition: cause.origin.partition,
            offset: cause.offset)
        self.origin = origin
        self.version = cause.origin.version
        time = event.time
    }
}
