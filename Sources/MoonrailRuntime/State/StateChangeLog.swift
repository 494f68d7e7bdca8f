import MoonrailCore

/// The changes that a lane's settlements told of its keys' state: the events of the function's
/// state station, in one partition.
struct StateChangeLog: Sendable {
    let lane: LaneID
    let engine: any StationLog

    /// Calls `body` with each change, oldest first, until it answers false. What no lane wrote is
    /// passed over.
    ///
    /// - Parameter key: whose changes; nil: those of all keys.
    /// - Throws: as `StationLog.read`.
    func forEach(
        of key: [UInt8]? = nil,
        _ body: (_ events: StoredEvents, _ number: Int, _ origin: StateChangeCause) -> Bool
    ) async throws(EngineError) {
        var cursor = StationCursor(
            station: .stateChanges(of: lane.function), partition: lane.partition, offset: 0)
        while true {
            let events = try await read(key, from: cursor)
            guard let last = events.offsets.last else { return }
            for number in 0..<events.count {
                guard let origin = events.cause(number).flatMap({ StateChangeCause($0) }) else {
                    continue
                }
                guard body(events, number, origin) else { return }
            }
            cursor.offset = last + 1
        }
    }

    private func read(
        _ key: [UInt8]?, from cursor: StationCursor
    ) async throws(EngineError) -> StoredEvents {
        guard let key else { return try await engine.read(cursor, bounds: ReadBounds()) }
        return try await engine.read(key: key, from: cursor, bounds: ReadBounds())
    }
}

extension LaneStore {
    /// How many keys of a lane have state.
    func stateKeys(of lane: LaneID) async throws(EngineError) -> UInt64 {
        let encoded = try await value(of: lane, in: .stateKeys, key: [])
        return encoded.map { $0.withUnsafeBytes { $0.littleEndian(UInt64.self, at: 0) } } ?? 0
    }
}
