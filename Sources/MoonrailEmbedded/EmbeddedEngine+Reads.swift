import MoonrailCore

/// Reading a partition: as far as shared memory goes, and then on from the disk; and looking for
/// the place of a time.
extension EmbeddedEngine {
    package func read(
        _ cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents {
        let partition = try partition(cursor.partition, of: cursor.station)
        do throws(EngineError) {
            while true {
                let (shared, rest) = shared(cursor, bounds, partition)
                guard let rest else { return shared }
                let cache = cache
                let read = try await cache.reading(partition: partition.id, from: rest) {
                    () async throws(EngineError) in
                    try await self.reading(Self.place(cursor, from: rest)) { database in
                        let reader = ChunkReader(partition: partition.id)
                        var events = shared
                        try reader.read(database, from: rest, bounds: bounds, into: &events) {
                            cache.insert($0, partition: partition.id)
                        }
                        try reader.expectStart(
                            database, of: events, from: cursor.offset, next: partition.next)
                        return events
                    }
                }
                if let read { return read }
            }
        } catch {
            // The station may have been deleted after it was looked up.
            _ = try self.partition(cursor.partition, of: cursor.station)
            throw error
        }
    }

    package func readAhead(
        _ cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents {
        var events = try await read(cursor, bounds: bounds)
        guard events.isEmpty else { return events }
        let partition = try partition(cursor.partition, of: cursor.station)
        var offset = max(cursor.offset, partition.earliest)
        while !events.fills(bounds),
            let chunk = writer.unflushed.chunk(partition: partition.id, holding: offset),
            events.take(chunk, from: offset, within: bounds)
        {
            offset = chunk.end
        }
        return events
    }

    package func seek(
        _ station: StationName, partition: UInt32, to time: EventTime
    ) async throws(EngineError) -> UInt64 {
        let state = try self.partition(partition, of: station)
        let (cache, timePlaces) = (cache, timePlaces)
        return try await reading("station '\(station)', partition \(partition),") { database in
            let reader = ChunkReader(partition: state.id)
            guard let offset = try reader.seek(database, to: time, in: state, timePlaces) else {
                return state.next
            }
            // Who looks for a place mostly reads there next, and its row is at hand.
            if cache.chunk(partition: state.id, holding: offset) == nil {
                reader.fetch(database, at: offset, of: station, partition, into: cache)
            }
            return offset
        }
    }

    private static func place(_ cursor: StationCursor, from offset: UInt64) -> String {
        "station '\(cursor.station)', partition \(cursor.partition), from offset \(offset) on,"
    }

    /// What memory has of the events that are wanted, and the offset from which the disk must give
    /// the rest; nil when there is no rest.
    ///
    /// - Parameter partition: as it is committed: what is behind its end, or removed, is not served
    ///   whatever memory has.
    private func shared(
        _ cursor: StationCursor, _ bounds: ReadBounds, _ partition: PartitionState
    ) -> (StoredEvents, rest: UInt64?) {
        var events = StoredEvents(station: cursor.station, partition: cursor.partition)
        var offset = max(cursor.offset, partition.earliest)
        while offset < partition.next, !events.fills(bounds) {
            guard let chunk = cache.chunk(partition: partition.id, holding: offset) else {
                return (events, offset)
            }
            guard events.take(chunk, from: offset, within: bounds) else { return (events, nil) }
            offset = chunk.end
        }
        return (events, nil)
    }
}
