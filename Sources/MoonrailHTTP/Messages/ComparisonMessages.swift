import FoundationEssentials
import MoonrailCore
import MoonrailRuntime

/// One line of what a run over history answers: exactly one of its members is there.
package struct ComparisonLine: Codable, Hashable, Sendable {
    package var difference: DifferenceMessage?
    package var progress: ComparisonMessage?
    /// The last line of a run that came to its end.
    package var report: ComparisonMessage?
    /// The last line of one that did not.
    package var problem: Problem?
}

/// How far a run over history is, and what it found.
package struct ComparisonMessage: Codable, Hashable, Sendable {
    package var eventsAll: UInt64
    package var events: UInt64
    package var verdicts: UInt64
    package var gone: UInt64
    package var same: UInt64
    package var added: UInt64
    package var changed: UInt64
    package var missing: UInt64

    enum CodingKeys: String, CodingKey {
        case events, verdicts, gone, same, added, changed, missing
        case eventsAll = "events_all"
    }

    package var differences: UInt64 { added + changed + missing }

    init(_ report: HistoryComparison.Report) {
        eventsAll = report.eventsAll
        events = report.events
        verdicts = report.verdicts
        gone = report.gone
        same = report.counts.same
        added = report.counts.added
        changed = report.counts.changed
        missing = report.counts.missing
    }
}

/// An output that differs from what is there.
package struct DifferenceMessage: Codable, Hashable, Sendable {
    package var kind: OutputComparison.Kind
    /// `station/partition/offset` of the event that it comes of.
    package var input: String
    /// Its number among that event's emissions; nil for a dead letter.
    package var emission: UInt16?
    package var station: String
    /// Where it is, `station/partition/offset`; nil of an added one.
    package var output: String?
    /// What is there; nil of an added one.
    package var recorded: JSONValue?
    /// What it is now; nil of a missing one.
    package var now: JSONValue?
    /// Where the two differ.
    package var places: [String]
    /// Why the event fails now, where it did not.
    package var fault: String?

    init(_ difference: HistoryComparison.Difference) {
        let output = difference.output
        kind = output.kind
        input = positionalID(
            station: output.input.station, partition: difference.partition,
            offset: output.input.offset)
        emission =
            output.emission == SettlementBuilder.deadLetterEmission ? nil : output.emission
        station = output.station.text
        if let partition = output.partition, let offset = output.offset {
            self.output = positionalID(
                station: output.station, partition: partition, offset: offset)
        }
        recorded = difference.recorded.map(Self.payload)
        now = output.event.map(Self.payload)
        places = difference.places
        fault = output.fault.map { "\($0.kind.name): \($0.message)" }
    }

    /// The document, or the text of what is none.
    private static func payload(_ event: Event) -> JSONValue {
        (try? JSONValue(parsing: event.payload))
            ?? .string(String(decoding: event.payload, as: UTF8.self))
    }
}
