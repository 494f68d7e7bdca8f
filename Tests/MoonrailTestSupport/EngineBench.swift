import MoonrailCore
import Synchronization

/// An engine over a directory of its own, opened anew as often as a case likes.
final class EngineBench: Sendable {
    let time = ManualTime()
    private let factory: EngineFactory
    private let directory: ScratchDirectory
    private let current: Mutex<any StationEngine>

    init(_ factory: EngineFactory) throws {
        self.factory = factory
        directory = try ScratchDirectory()
        current = Mutex(try factory.open(directory.path, time.now))
    }

    var engine: any StationEngine { current.withLock { $0 } }

    /// Closes the engine and opens its data again.
    func reopen() async throws {
        await factory.close(engine)
        let next = try factory.open(directory.path, time.now)
        current.withLock { $0 = next }
    }

    func tidy() async throws {
        try await factory.tidy(engine)
    }

    func close() async {
        await factory.close(engine)
    }
}

extension StationLog {
    /// Appends events of which an unkeyed one goes to the partition of `unkeyedPartition`.
    @discardableResult
    package func append(
        _ events: [Event], to station: StationName, unkeyedPartition: UInt32 = 0
    ) async throws(EngineError) -> [AppendReceipt] {
        try await append(
            StationAppend(
                station: station, records: EventRecords(events),
                unkeyedPartition: unkeyedPartition))
    }

    /// Appends an event for each text.
    @discardableResult
    package func append(
        texts: [String], to station: StationName, unkeyedPartition: UInt32 = 0
    ) async throws(EngineError) -> [AppendReceipt] {
        try await append(texts.map { Event($0) }, to: station, unkeyedPartition: unkeyedPartition)
    }

    /// All events of a partition from `offset` on, in as many reads as it takes.
    package func readAll(
        _ station: StationName, partition: UInt32 = 0, from offset: UInt64 = 0,
        bounds: ReadBounds = ReadBounds()
    ) async throws(EngineError) -> StoredEvents {
        var all = StoredEvents(station: station, partition: partition)
        var cursor = StationCursor(station: station, partition: partition, offset: offset)
        while true {
            let part = try await read(cursor, bounds: bounds)
            guard let last = part.offsets.last else { return all }
            part.records.forEachRecord { _, record in
                all.records.append(record, origins: part.records.origins)
            }
            all.offsets += part.offsets
            cursor.offset = last + 1
        }
    }
}

extension LaneClaim {
    /// A settlement of this lane's events of `station` from `first` up to and without `next`.
    package func settlement(
        of station: StationName, from first: UInt64, to next: UInt64,
        appends: [StationAppend] = [], version: String = "v1"
    ) -> Settlement {
        var counts = LaneCounts()
        counts.processed = next - first
        counts.emitted = UInt64(appends.reduce(0) { $0 + $1.records.count })
        return Settlement(
            claim: self, from: Position([station: first]), to: Position([station: next]),
            appends: appends,
            journal: JournalRecord(
                version: FunctionVersion(text: version),
                taken: [.init(station: station, first: first, last: next - 1)]),
            counts: counts)
    }
}

extension JournalRecord {
    /// As it was before the engine wrote it.
    package var withoutTimes: JournalRecord {
        var record = self
        record.settled = nil
        return record
    }
}

extension StationAppend {
    /// Events for `station`, each caused by the event of its own number unless `causes` say other.
    package init(_ station: StationName, _ events: [Event], causes: [Int]? = nil) {
        self.init(
            station: station, records: EventRecords(events),
            causes: causes ?? Array(events.indices))
    }
}

/// The error that `body` throws; nil when it throws none.
func engineError(_ body: () async throws(EngineError) -> Void) async -> EngineError? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}
