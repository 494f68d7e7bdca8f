/// One case of a function's tests: the events it is given, and what must come of them.
package struct FunctionTest: Hashable, Sendable {
    package var name: String
    /// Line of the file where the case begins, from 1.
    package var line: Int
    /// `context.inputs` in place of the configured ones; nil for those. A JSON object.
    package var inputs: JSONValue?
    /// At least one, in the order in which the function gets them.
    package var events: [Given]
    /// The state of keys before the first event.
    package var state: [String: JSONValue]
    /// The `state.version` of the script that left that state; nil for the present one.
    package var stateVersion: UInt32?
    package var expected: Expected

    package init(
        name: String, line: Int, inputs: JSONValue? = nil, events: [Given],
        state: [String: JSONValue] = [:], stateVersion: UInt32? = nil, expected: Expected
    ) {
        self.name = name
        self.line = line
        self.inputs = inputs
        self.events = events
        self.state = state
        self.stateVersion = stateVersion
        self.expected = expected
    }

    /// An event that the function is given; its offset is its number in the case, from 0.
    package struct Given: Hashable, Sendable {
        /// Nil for the first station that the function reads.
        package var station: StationName?
        package var event: Event

        package init(station: StationName? = nil, event: Event) {
            self.station = station
            self.event = event
        }

        /// The time of events whose test gives none: always the same, so that a test means the same
        /// on every day. 2026-01-01T00:00:00Z.
        package static let time = EventTime(microseconds: 1_767_225_600_000_000)
    }

    /// What must come of all events together.
    package struct Expected: Hashable, Sendable {
        /// What each station gets, in order; a station that is not named gets nothing. Nil when the
        /// test does not look at what is emitted.
        package var emissions: [StationName: [Emission]]?
        /// How exactly one of the events fails; nil when none may.
        package var failure: Failure?
        /// The state of keys after the last event, null for one that has none; a key that is not
        /// named must not have changed. Nil when the test does not look at state.
        package var state: [String: JSONValue]?

        package init(
            emissions: [StationName: [Emission]]? = nil, failure: Failure? = nil,
            state: [String: JSONValue]? = nil
        ) {
            self.emissions = emissions
            self.failure = failure
            self.state = state
        }
    }

    /// An emitted event; of what is nil the test says nothing.
    package struct Emission: Hashable, Sendable {
        package var data: JSONValue?
        package var bytes: String?
        package var key: String?
        package var id: String?
        package var type: String?
        package var headers: [String: String]?

        package init(
            data: JSONValue? = nil, bytes: String? = nil, key: String? = nil, id: String? = nil,
            type: String? = nil, headers: [String: String]? = nil
        ) {
            self.data = data
            self.bytes = bytes
            self.key = key
            self.id = id
            self.type = type
            self.headers = headers
        }
    }

    package enum Failure: Hashable, Sendable {
        /// The handler rejects it for exactly this reason.
        case rejected(String)
        /// The handler fails in any other way, with this somewhere in its message.
        case raised(String)
    }

    /// What came of the events.
    package struct Outcome: Hashable, Sendable {
        package var emissions: [StationName: [Event]] = [:]
        package var faults: [FunctionFault] = []
        /// The state that all keys have in the end.
        package var state: [String: JSONValue] = [:]
        /// The keys whose state was changed.
        package var changedKeys: Set<String> = []

        package init() {}
    }
}
