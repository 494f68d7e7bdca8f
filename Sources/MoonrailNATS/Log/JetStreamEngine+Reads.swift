import MoonrailCore

extension JetStreamEngine {
    package func read(
        _ cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents {
        try await read(cursor, bounds: bounds, keepsAhead: false)
    }

    /// What the broker has acknowledged is all that there is: nothing can be read ahead of that.
    package func readAhead(
        _ cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents {
        try await read(cursor, bounds: bounds, keepsAhead: true)
    }

    /// - Parameter keepsAhead: whether whoever reads goes on, so that what follows is asked for.
    private func read(
        _ cursor: StationCursor, bounds: ReadBounds, keepsAhead: Bool
    ) async throws(EngineError) -> StoredEvents {
        try await check(cursor)
        var failures = 0
        while true {
            let reader = try await reader(at: cursor)
            if keepsAhead { reader.keepAhead() }
            let events = await reader.read(bounds, known: readers.known(cursor))
            readers.put(reader, cursor)
            guard events.isEmpty, let end = reader.end else { return events }
            if end == .removed { _ = try await stations.look(cursor.station) }
            failures += 1
            if failures > 2 {
                throw .unavailable(
                    "the broker ends readers of station '\(cursor.station)', partition "
                        + "\(cursor.partition)")
            }
        }
    }

    package func read(
        key: [UInt8], from cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents {
        try await check(cursor)
        var found = StoredEvents(station: cursor.station, partition: cursor.partition)
        var place = cursor
        while found.count < bounds.events {
            let part = try await read(place, bounds: ReadBounds())
            guard let last = part.offsets.last else { return found }
            place.offset = last + 1
            for index in 0..<part.count where found.count < bounds.events {
                let isFull = part.records.withRecord(index) { record in
                    guard record.key.map({ $0.elementsEqual(key) }) == true else { return false }
                    guard
                        found.isEmpty
                            || found.records.byteCount + record.bytes.count <= bounds.bytes
                    else { return true }
                    found.records.append(record, origins: part.records.origins)
                    found.offsets.append(part.offsets[index])
                    return false
                }
                if isFull { return found }
            }
        }
        return found
    }

    package func wait(for cursors: [StationCursor]) async {
        while !Task.isCancelled {
            let waiter = Bell.Waiter()
            var held: [(PartitionReader, StationCursor)] = []
            defer {
                for (reader, cursor) in held {
                    reader.bell.leave(waiter)
                    readers.put(reader, cursor)
                }
            }
            var isOver = false
            for cursor in cursors {
                do throws(EngineError) {
                    try await check(cursor)
                    let reader = try await reader(at: cursor)
                    reader.bell.enter(waiter)
                    held.append((reader, cursor))
                    reader.keepAhead()
                    if reader.hasEvents { isOver = true }
                    // Gone, or to be made anew by whoever reads.
                    if reader.end == .removed { isOver = true }
                } catch {
                    // Whoever reads there is told.
                    isOver = true
                }
                if isOver { break }
            }
            if isOver { return }
            await waiter.wait()
        }
    }

    package func waitAhead(for cursors: [StationCursor]) async {
        await wait(for: cursors)
    }

    package func seek(
        _ station: StationName, partition: UInt32, to time: EventTime
    ) async throws(EngineError) -> UInt64 {
        let place = StationCursor(station: station, partition: partition, offset: 0)
        let known = try await check(place)
        var configuration = ConsumerConfiguration(
            subject: naming.subject(of: station, partition), inactive: .seconds(5))
        configuration.deliver_policy = "by_start_time"
        configuration.opt_start_time = time.description
        configuration.headers_only = true
        do throws(BrokerFault) {
            let stream = naming.stream(of: station)
            if let first = try await jetStream.firstMessage(stream, configuration) {
                return first - 1
            }
            return try await jetStream.stream(stream).state.last_seq
        } catch {
            throw stations.failure(error, known.name, "seeking in station '\(station)'")
        }
    }

    package func appendedAt(_ place: StationCursor) async throws(EngineError) -> EventTime? {
        let known = try await check(place)
        do throws(BrokerFault) {
            let message = try await jetStream.message(
                naming.stream(of: place.station), .at(StreamPlace.sequence(ofOffset: place.offset)))
            guard let message,
                message.subject == naming.subject(of: place.station, place.partition)
            else { return nil }
            return message.time
        } catch {
            throw stations.failure(error, known.name, "reading station '\(place.station)'")
        }
    }

    /// Makes sure that the station and the partition are there.
    @discardableResult
    private func check(_ cursor: StationCursor) async throws(EngineError) -> KnownStation {
        let station = try await stations.station(cursor.station)
        guard cursor.partition < station.partitions else {
            throw .partitionNotFound(
                cursor.station, partition: cursor.partition, count: station.partitions)
        }
        return station
    }

    private func reader(at cursor: StationCursor) async throws(EngineError) -> PartitionReader {
        do throws(BrokerFault) {
            return try await readers.reader(at: cursor)
        } catch {
            throw stations.failure(
                error, cursor.station,
                "reading station '\(cursor.station)', partition \(cursor.partition)")
        }
    }
}
