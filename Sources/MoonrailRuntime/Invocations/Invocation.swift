import MoonrailCore

/// One event's way through a function, as it was settled.
package struct Invocation: Hashable, Sendable {
    /// What became of the event, in the words by which invocations are chosen.
    package enum Status: String, CaseIterable, Codable, Hashable, Sendable {
        /// It came to at least one emission.
        case ok
        /// It came to nothing.
        case dropped
        /// The script rejected it.
        case rejected
        /// It failed otherwise.
        case error
        /// It waits behind a failed event of its key.
        case parked

        init(_ outcome: Outcome) {
            self =
                switch outcome {
                case .done(let emissions): emissions.isEmpty ? .dropped : .ok
                case .failed(let fault): fault.kind == .rejected ? .rejected : .error
                case .parked: .parked
                }
        }
    }

    /// One event that was appended.
    package struct Emission: Hashable, Sendable {
        package let station: StationName
        package let event: EventExcerpt
    }

    /// Emissions that are shown of one event; more are only counted.
    package static let emissionsShown = 16

    package let lane: LaneID
    package let version: FunctionVersion
    /// Where the event was read.
    package let place: InputPlace
    package let input: EventExcerpt
    package let status: Status
    /// The first of what it emitted, in order.
    package var emissions: [Emission] = []
    package var emissionCount = 0
    /// What the script logged for it, in order; bounded by the function's limits.
    package var logs: [RunReply.LogLine] = []
    /// Nil when it did not fail.
    package var fault: FunctionFault?
    /// The failed event that it waits behind; nil when it does not.
    package var behind: InputPlace?
    /// From its handler's call until its outcome was complete, on the host's clock on the wall; nil
    /// when nobody watched yet when it ran, when it did not run, or when it took its host along.
    package var duration: Duration?
}

/// An event, of whose payload no more than the beginning is kept.
package struct EventExcerpt: Hashable, Sendable {
    /// Payload bytes that are kept: a screenful.
    package static let payloadBytesKept = 4 << 10

    /// With a payload of at most `payloadBytesKept` bytes, cut between two characters.
    package let event: Event
    /// Bytes of the whole payload.
    package let payloadBytes: Int

    package var isCut: Bool { event.payload.count < payloadBytes }

    /// Copies what is kept.
    package init(_ record: EventRecord) {
        payloadBytes = record.payload.count
        var kept = min(payloadBytes, Self.payloadBytesKept)
        if kept < payloadBytes {
            // A character of UTF-8 has three bytes at most behind its first one.
            let first = max(0, kept - 3)
            while kept > first, record.payload[kept] & 0xC0 == 0x80 { kept -= 1 }
        }
        event = Event(
            id: record.id, key: record.key.map(Array.init), time: record.time, type: record.type,
            headers: record.headers, payload: Array(record.payload.prefix(kept)),
            isJSON: record.flags.contains(.json))
    }
}
