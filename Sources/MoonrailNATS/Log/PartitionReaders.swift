import MoonrailCore
import Synchronization

/// The readers of this process, each where somebody reads on.
final class PartitionReaders: Sendable {
    private let jetStream: JetStream
    private let naming: Naming
    private let state = Mutex(State())

    /// Readers kept at most; the one used longest ago makes room.
    private static let most = 1_024
    /// How long one that nobody uses is kept.
    private static let idle = Duration.seconds(20)

    private struct State {
        var readers: [Place: [Entry]] = [:]
        /// Those that are there, held by somebody or not.
        var all: [ObjectIdentifier: WeakReader] = [:]
        /// Behind the last offset of each partition that this process was told of.
        var known: [Place: UInt64] = [:]
    }

    private struct Place: Hashable {
        let station: StationName
        let partition: UInt32
    }

    private struct Entry {
        let reader: PartitionReader
        var used: ContinuousClock.Instant
    }

    init(_ jetStream: JetStream, _ naming: Naming) {
        self.jetStream = jetStream
        self.naming = naming
    }

    /// Takes note that an event is at this place.
    func learn(_ station: StationName, _ partition: UInt32, _ offset: UInt64) {
        let place = Place(station: station, partition: partition)
        state.withLock { state in
            if state.known[place] ?? 0 <= offset { state.known[place] = offset + 1 }
        }
    }

    /// An offset below which the partition had events for certain.
    func known(_ cursor: StationCursor) -> UInt64 {
        state.withLock {
            $0.known[Place(station: cursor.station, partition: cursor.partition)] ?? 0
        }
    }

    /// A reader that goes on at the cursor: one that stands there, else a new one.
    func reader(at cursor: StationCursor) async throws(BrokerFault) -> PartitionReader {
        let place = Place(station: cursor.station, partition: cursor.partition)
        if let reader = take(place, cursor.offset) { return reader }
        let events = ReceivedEvents()
        return try await open(
            cursor, subject: naming.subject(of: cursor.station, cursor.partition),
            stream: naming.stream(of: cursor.station)
        ) { message, place, records in
            events.state.withLock { $0.append(message, appended: place.time, to: &records) }
        }
    }

    /// A new reader, looked after for as long as somebody has it.
    func open(
        _ cursor: StationCursor, subject: String, stream: String,
        decode: @escaping PartitionReader.Decode
    ) async throws(BrokerFault) -> PartitionReader {
        let reader = try await PartitionReader.open(
            cursor, subject: subject, stream: stream, on: jetStream, decode: decode)
        state.withLock { $0.all[ObjectIdentifier(reader)] = WeakReader(reader) }
        return reader
    }

    /// Gives a reader back, for who goes on where it stands now.
    func put(_ reader: PartitionReader, _ cursor: StationCursor) {
        guard reader.end == nil || reader.hasEvents else { return }
        let place = Place(station: cursor.station, partition: cursor.partition)
        state.withLock { state in
            state.readers[place, default: []].append(Entry(reader: reader, used: .now))
        }
    }

    /// Takes the reader that stands at the offset, so that nobody else does.
    private func take(_ place: Place, _ offset: UInt64) -> PartitionReader? {
        state.withLock { state in
            guard var entries = state.readers[place],
                let index = entries.firstIndex(where: { $0.reader.position == offset })
            else { return nil }
            let entry = entries.remove(at: index)
            state.readers[place] = entries.isEmpty ? nil : entries
            if entry.reader.end != nil, !entry.reader.hasEvents { return nil }
            if entry.reader.isExhausted { return nil }
            return entry.reader
        }
    }

    /// Ends the readers of a station that is gone.
    func end(_ station: StationName) {
        let gone = state.withLock { state in
            let places = state.readers.keys.filter { $0.station == station }
            for place in state.known.keys where place.station == station {
                state.known[place] = nil
            }
            return places.flatMap { state.readers.removeValue(forKey: $0) ?? [] }
        }
        for entry in gone { entry.reader.end(.removed) }
    }

    /// Has all be made anew: what was sent to them while there was no connection is lost.
    func breakAll() {
        for reader in state.withLock({ $0.all.values.compactMap(\.reader) }) { reader.end(.broken) }
    }

    /// Looks after all readers, and lets go of those that nobody used for long.
    func tick(at now: ContinuousClock.Instant) {
        let readers = state.withLock { state in
            for (place, entries) in state.readers {
                let left = entries.filter { now - $0.used < Self.idle }
                state.readers[place] = left.isEmpty ? nil : left
            }
            state.all = state.all.filter { $0.value.reader != nil }
            return state.all.values.compactMap(\.reader)
        }
        for reader in readers { reader.tick(at: now) }
    }

    func close() {
        state.withLock { $0.readers.removeAll() }
    }
}

/// What a reader remembers of one event for the next.
private final class ReceivedEvents: Sendable {
    let state = Mutex(ReceivedEvent())
}
