/// One event as a plain value: for building, reading and showing single events.
///
/// The hot path never makes these; it works on `EventRecords`.
package struct Event: Hashable, Sendable {
    package var id: EventID?
    package var key: [UInt8]?
    package var time: EventTime
    package var type: String?
    package var headers: [Header]
    package var payload: [UInt8]
    /// Whether the payload was checked to be a JSON document when the event was accepted.
    package var isJSON: Bool

    package struct Header: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        id: EventID? = nil, key: [UInt8]? = nil, time: EventTime, type: String? = nil,
        headers: [Header] = [], payload: [UInt8], isJSON: Bool = true
    ) {
        self.id = id
        self.key = key
        self.time = time
        self.type = type
        self.headers = headers
        self.payload = payload
        self.isJSON = isJSON
    }
}

/// Which function, run over which lane, made an event; shared by all emissions of one settlement.
package struct Origin: Hashable, Sendable {
    package var function: FunctionName
    package var version: FunctionVersion
    /// Number of the lane's replay at the time, from 0.
    package var generation: UInt32
    /// Where the input event was read.
    package var station: StationName
    package var partition: UInt32

    package init(
        function: FunctionName, version: FunctionVersion, generation: UInt32,
        station: StationName, partition: UInt32
    ) {
        self.function = function
        self.version = version
        self.generation = generation
        self.station = station
        self.partition = partition
    }
}

/// What caused one emitted event.
package struct Cause: Hashable, Sendable {
    package var origin: Origin
    /// Offset of the input event in `origin.station` and `origin.partition`.
    package var offset: UInt64
    /// Index of this emission among those of its input event.
    package var emission: UInt16
    /// Id of the input event; nil when it had none and its position names it.
    package var causationID: EventID?
    /// Id of the event that started the chain; nil when that is the cause itself.
    package var correlationID: EventID?
    /// Functions that the chain of causes went through, this one included.
    package var hops: UInt16

    package init(
        origin: Origin, offset: UInt64, emission: UInt16, causationID: EventID?,
        correlationID: EventID?, hops: UInt16 = 1
    ) {
        self.origin = origin
        self.offset = offset
        self.emission = emission
        self.causationID = causationID
        self.correlationID = correlationID
        self.hops = hops
    }
}

/// The name of an event without an id: `station/partition/offset`.
package func positionalID(station: StationName, partition: UInt32, offset: UInt64) -> String {
    "\(station.text)/\(partition)/\(offset)"
}
