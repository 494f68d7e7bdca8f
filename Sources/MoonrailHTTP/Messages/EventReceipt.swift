import MoonrailCore

/// Where an event is that somebody produced.
package struct EventReceipt: Codable, Hashable, Sendable {
    package var station: String
    package var partition: UInt32
    package var offset: UInt64
    /// Its own, or its position.
    package var id: String
    /// Whether it was there already; then it is not stored again.
    package var duplicate: Bool

    /// - Parameter receipt: of event number `index` of the records.
    /// - Throws: `EventRefusal` when it was not stored.
    init(
        _ receipt: AppendReceipt, of records: EventRecords, _ index: Int, in station: StationName
    ) throws(EventRefusal) {
        switch receipt {
        case .stored(let partition, let offset):
            (self.partition, self.offset, duplicate) = (partition, offset, false)
        case .duplicate(let partition, let offset):
            (self.partition, self.offset, duplicate) = (partition, offset, true)
        case .conflict, .tooLarge, .unexpected:
            throw receipt.refusal(of: records, index)
                ?? EventRefusal(.invalid, "the event was not stored")
        }
        self.station = station.text
        let (id, headers) = records.withRecord(index) { ($0.id?.description, $0.headers) }
        let position = positionalID(station: station, partition: partition, offset: offset)
        self.id = CloudEvent.id(
            id ?? position, source: headers.first { $0.name == "source" }?.value ?? "")
    }
}

/// What became of one event of a batch.
package enum EventAnswer: Encodable, Sendable {
    case stored(EventReceipt)
    case refused(Problem)

    private enum CodingKeys: String, CodingKey { case error }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .stored(let receipt):
            try receipt.encode(to: encoder)
        case .refused(let problem):
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(problem, forKey: .error)
        }
    }
}
