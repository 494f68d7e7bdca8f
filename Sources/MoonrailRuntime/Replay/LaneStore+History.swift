import MoonrailCore

extension LaneStore {
    /// Reads a lane's whole journal, from its first record on.
    ///
    /// - Throws: as `journal`.
    func forEachJournalRecord(
        of lane: LaneID, _ take: (JournalRecord) -> Void
    ) async throws(EngineError) {
        var next: UInt64 = 0
        while true {
            let records = try await journal(of: lane, from: next, limit: 1_000)
            if records.isEmpty { return }
            records.forEach(take)
            next += UInt64(records.count)
        }
    }

    /// What a lane's journal says of what it took.
    ///
    /// - Throws: as `journal`.
    func history(of lane: LaneID) async throws(EngineError) -> LaneHistory {
        var history = LaneHistory()
        try await forEachJournalRecord(of: lane) { history.take($0) }
        return history
    }

    /// In which generation a lane took what.
    ///
    /// - Throws: as `values`.
    func generations(of lane: LaneID) async throws(EngineError) -> Generations {
        let encoded = try await value(of: lane, in: .generations, key: [])
        return encoded.flatMap { Generations(encoded: $0) } ?? Generations()
    }
}
