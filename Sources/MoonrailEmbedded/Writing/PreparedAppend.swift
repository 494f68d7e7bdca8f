import MoonrailCore

/// An append, with what can be said of it before its turn to be written: worked out by its caller,
/// of whom there are many, and not by the one thread that writes.
struct PreparedAppend: Sendable {
    let append: StationAppend
    /// Events whose id a producer or script gave; those go through the station's window.
    let givenIDs: Int
    /// The body of the chunk that the events make by themselves if all of them are stored, in one
    /// partition; nil when they are to share one with others.
    let body: [UInt8]?

    /// Events and bytes of them from which an append makes a chunk of its own: chunks half as full
    /// cost readers little, and copying the events into a fuller one would cost the writer more.
    private static let wholeEvents = Bounds.batchEvents / 4
    private static let wholeBytes = Bounds.batchBytes / 4

    /// - Parameter partitions: of the append's station; 0 when it is not known.
    init(_ append: StationAppend, partitions: Int) {
        self.append = append
        givenIDs = append.records.givenIDs
        let (events, bytes) = (append.records.count, append.records.bytes.count)
        let isChunk =
            partitions == 1 && (events >= Self.wholeEvents || bytes >= Self.wholeBytes)
            && events <= Bounds.batchEvents && bytes <= Bounds.batchBytes
        body = isChunk ? append.records.chunkBody : nil
    }

    var station: StationName { append.station }
    var records: EventRecords { append.records }
}

/// A settlement with its appends prepared.
struct PreparedSettlement: Sendable {
    let settlement: Settlement
    let appends: [PreparedAppend]
    /// Its changes of values that the table gets later; nil when there are none.
    let valueLog: ValueLogRecord?
}

extension EmbeddedEngine {
    /// Prepares an append on the caller's thread.
    func prepared(_ append: StationAppend) -> PreparedAppend {
        let partitions = writer.withState { $0.stations[append.station]?.partitions.count }
        return PreparedAppend(append, partitions: partitions ?? 0)
    }

    /// Prepares a settlement on the caller's thread.
    func prepared(_ settlement: Settlement) -> PreparedSettlement {
        PreparedSettlement(
            settlement: settlement, appends: settlement.appends.map { prepared($0) },
            valueLog: settlement.valueLog)
    }
}
