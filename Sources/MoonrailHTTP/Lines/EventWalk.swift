import MoonrailCore
import ServiceLifecycle

/// Reads a station's partitions in turn, or one key's events, a batch at a time.
struct EventWalk: Sendable {
    /// What the reader asks for.
    struct Request: Sendable {
        var station: StationName
        var from: StartingPoint
        /// Where to begin in the partitions that it names; nil: all begin at `from`.
        var position: ReadPosition?
        /// Nil for all partitions, or that of the key.
        var partition: UInt32?
        /// Nil for events of every key and of none.
        var key: [UInt8]?
        /// Most events in all; nil for as many as there are.
        var limit: Int?
        /// Whether to go on with events that are appended later.
        var follows: Bool
    }

    /// Larger than a flush, so that a read costs little beside the lines it yields, and small
    /// enough to be held twice for many readers.
    private static let bounds = ReadBounds(events: 4_096, bytes: 1 << 20)

    private let engine: any StationEngine
    private let key: [UInt8]?
    private let follows: Bool
    private var parts: [Part] = []
    private var turn = 0
    private var remaining: Int?
    /// Where it has come to in all partitions that it reads.
    private(set) var position = ReadPosition()

    private struct Part: Sendable {
        var cursor: StationCursor
        /// The offset to stop before; nil to go on.
        let end: UInt64?
    }

    /// Finds out where to begin and where to end.
    ///
    /// - Throws: `Problem` for a place that can't be read from.
    init(_ request: Request, engine: any StationEngine) async throws {
        self.engine = engine
        key = request.key
        follows = request.follows
        remaining = request.limit
        let partitions = try await engine.describe(request.station).partitions
        let numbers = try Self.numbers(request, of: UInt32(partitions.count))
        for number in numbers {
            let summary = partitions[Int(number)]
            let given = request.position?.offsets[number]
            let offset: UInt64
            if let given {
                offset = given
            } else {
                offset = try await request.from.offset(
                    in: number, summary, of: request.station, engine)
            }
            position.offsets[number] = offset
            parts.append(
                Part(
                    cursor: StationCursor(
                        station: request.station, partition: number, offset: offset),
                    end: request.follows ? nil : summary.next))
        }
    }

    /// The next events and how many of them are wanted.
    ///
    /// - Returns: nil at the end; when it follows, nil too when there is nothing more just now.
    mutating func next() async throws -> (events: StoredEvents, count: Int)? {
        var emptyParts = 0
        while remaining != 0, emptyParts < parts.count {
            turn %= parts.count
            let part = parts[turn]
            if let end = part.end, part.cursor.offset >= end {
                parts.remove(at: turn)
                continue
            }
            let seen = try await followedEnd(of: part)
            var bounds = Self.bounds
            if let remaining { bounds.events = min(bounds.events, remaining) }
            let events = try await read(part.cursor, bounds: bounds)
            let count = Self.count(of: events, before: part.end)
            guard count > 0 else {
                if follows {
                    if let seen { parts[turn].cursor.offset = max(seen, part.cursor.offset) }
                    emptyParts += 1
                    turn += 1
                } else {
                    // Retention took what was left, or the engine's offsets end with a gap.
                    parts.remove(at: turn)
                }
                continue
            }
            let offset = events.offsets[count - 1] + 1
            parts[turn].cursor.offset = offset
            position.offsets[part.cursor.partition] = offset
            turn += 1
            if let left = remaining { remaining = left - count }
            return (events, count)
        }
        return nil
    }

    /// Whether it waits for more events after `next` returned nil.
    var goesOn: Bool { follows && remaining != 0 }

    /// Waits until there is something to read, or the task is cancelled.
    func wait() async {
        await engine.wait(for: parts.map(\.cursor))
    }

    /// Waits as `wait` does, for so long at most, and not on when the server stops.
    func wait(atMost limit: Duration) async {
        let walk = self
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await walk.wait() }
                group.addTask { try? await Task.sleep(for: limit) }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func read(
        _ cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents {
        guard let key else { return try await engine.read(cursor, bounds: bounds) }
        return try await engine.read(key: key, from: cursor, bounds: bounds)
    }

    /// The partition's end before a key is looked for, where the key is followed: if it has no
    /// event up to there, waiting begins there, or each event of another key would end it.
    private func followedEnd(of part: Part) async throws(EngineError) -> UInt64? {
        guard follows, key != nil else { return nil }
        let (station, partition) = (part.cursor.station, part.cursor.partition)
        let partitions = try await engine.describe(station).partitions
        // The station may be another one of its name by now.
        guard partition < partitions.count else {
            throw .partitionNotFound(
                station, partition: partition, count: UInt32(partitions.count))
        }
        return partitions[Int(partition)].next
    }

    /// The partitions to read.
    private static func numbers(
        _ request: Request, of count: UInt32
    ) throws -> ClosedRange<UInt32> {
        if let wanted = request.partition, wanted >= count {
            throw EngineError.partitionNotFound(request.station, partition: wanted, count: count)
        }
        if let key = request.key {
            let number = key.withUnsafeBytes {
                Partitioner.partition(ofKey: $0, partitions: count)
            }
            if let wanted = request.partition, wanted != number {
                throw Problem.badRequest(
                    "the key is in partition \(number) of station '\(request.station)', not in "
                        + "\(wanted); leave the partition out")
            }
            if case .last = request.from {
                throw Problem.badRequest(
                    "-N counts events of all keys; read a key from earliest, latest, an offset or "
                        + "a time")
            }
            return number...number
        }
        if case .offset = request.from, request.partition == nil, request.position == nil,
            count > 1
        {
            throw Problem.badRequest(
                "station '\(request.station)' has \(count) partitions, each with "
                    + "offsets of its own; say which one with partition=N")
        }
        return request.partition.map { $0...$0 } ?? 0...count - 1
    }

    private static func count(of events: StoredEvents, before end: UInt64?) -> Int {
        guard let end, let last = events.offsets.last, last >= end else { return events.count }
        return events.offsets.firstIndex { $0 >= end } ?? events.count
    }
}
