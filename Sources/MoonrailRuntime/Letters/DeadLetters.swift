import MoonrailCore

/// The dead letters of functions: what they are, what became of them, and what is to become of
/// them.
package struct DeadLetters: Sendable {
    private let engine: any StationEngine
    private let operators: any LaneOperators

    package init(engine: any StationEngine, operators: any LaneOperators) {
        self.engine = engine
        self.operators = operators
    }

    /// What became of a dead letter.
    package enum Status: String, Hashable, Sendable, CaseIterable {
        case pending, resent, skipped
    }

    /// A dead letter as it stands now.
    package struct Entry: Hashable, Sendable {
        package let letter: DeadLetter
        package let status: Status
    }

    /// Which letters are wanted; nil stands for any.
    package struct Filter: Hashable, Sendable {
        package var status: Status?
        package var reason: String?

        package init(status: Status? = .pending, reason: String? = nil) {
            self.status = status
            self.reason = reason
        }
    }

    /// The first letters of `function` that `filter` lets through, in the order in which they were
    /// written; at most `limit`.
    ///
    /// - Throws: `EngineError`; `stationNotFound` when it never was deployed.
    package func list(
        _ function: FunctionName, _ filter: Filter, limit: Int
    ) async throws(EngineError) -> [Entry] {
        var entries: [Entry] = []
        try await forEach(function) { (letter) throws(EngineError) in
            guard filter.reason == nil || filter.reason == letter.reason else { return true }
            let status = try await status(of: letter)
            if filter.status == nil || filter.status == status {
                entries.append(Entry(letter: letter, status: status))
            }
            return entries.count < limit
        }
        return entries
    }

    /// One letter and what was done about it since, oldest first; nil when there is none of this
    /// id.
    ///
    /// - Throws: `EngineError`.
    package func letter(
        _ function: FunctionName, id: String
    ) async throws(EngineError) -> (entry: Entry, followUps: [Event])? {
        var found: DeadLetter?
        try await forEach(function) { (letter) throws(EngineError) in
            if letter.id.description == id { found = letter }
            return found == nil
        }
        guard let found else { return nil }
        return (
            Entry(letter: found, status: try await status(of: found)),
            try await followUps(of: found).map(\.event)
        )
    }

    /// Does what the wish says, in all lanes of the function.
    ///
    /// - Throws: `EngineError`, `LaneUnavailable`. With `laneElsewhere` it was done in those lanes
    ///   that run here, and may be repeated; letters that are named and were found here need no
    ///   other lane.
    package func fulfil(_ wish: LetterWish, of function: FunctionName) async throws -> LetterSummary
    {
        let lanes = try await engine.lanes().map(\.lane).filter { $0.function == function }
        var summary: LetterSummary?
        var elsewhere: EngineError?
        for lane in lanes {
            do {
                let one = try await operators.fulfil(wish, in: lane)
                if summary == nil { summary = one } else { summary?.merge(one) }
            } catch EngineError.laneElsewhere(let lane, let worker) {
                elsewhere = .laneElsewhere(lane, worker: worker)
            }
        }
        var none = LetterSummary()
        if case .ids(let ids) = wish.selection { none.unknown = ids }
        let done = summary ?? none
        if let elsewhere {
            guard case .ids = wish.selection, done.unknown.isEmpty else { throw elsewhere }
        }
        return done
    }

    /// What became of a letter.
    func status(of letter: DeadLetter) async throws(EngineError) -> Status {
        let lane = LaneID(function: letter.function, partition: letter.partition)
        let fate = try await engine.value(of: lane, in: .letterFates, key: letter.id.field)
        switch fate?.first.flatMap(JournalRecord.LetterFate.Kind.init) {
        case .resent: return .resent
        case .skipped: return .skipped
        case .failedAgain, nil: return .pending
        }
    }

    /// What was done about a letter, oldest first, with where each of these events is stored.
    func followUps(
        of letter: DeadLetter
    ) async throws(EngineError) -> [(place: StationCursor, event: Event)] {
        let key = Array(letter.id.description.utf8)
        let partitions = UInt32(try await engine.describe(.letterFollowUps).partitions.count)
        var cursor = StationCursor(
            station: .letterFollowUps,
            partition: key.withUnsafeBytes {
                Partitioner.partition(ofKey: $0, partitions: partitions)
            }, offset: 0)
        var followUps: [(place: StationCursor, event: Event)] = []
        while true {
            let events = try await engine.read(key: key, from: cursor, bounds: ReadBounds())
            guard let last = events.offsets.last else { return followUps }
            events.records.forEachRecord { number, record in
                var place = cursor
                place.offset = events.offsets[number]
                followUps.append((place, record.event))
            }
            cursor.offset = last + 1
        }
    }

    /// Calls `body` with each letter of the function until it answers false.
    private func forEach(
        _ function: FunctionName,
        _ body: (DeadLetter) async throws(EngineError) -> Bool
    ) async throws(EngineError) {
        var walk = try await LetterWalk(function, in: engine)
        while let letters = try await walk.next() {
            for letter in letters {
                guard try await body(letter) else { return }
            }
        }
    }
}
