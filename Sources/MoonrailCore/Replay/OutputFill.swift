/// Which of the outputs that a replay makes are missing, and which would be otherwise than those
/// that are there.
package struct OutputFill: Sendable {
    package private(set) var recorded: RecordedOutputs
    /// The stations that `recorded` was looked up in: the function's outputs, its dead letters.
    let stations: [StationName]
    /// Events before this position are told apart so; those behind it are new.
    package let end: Position

    package init(_ recorded: RecordedOutputs, in stations: [StationName], end: Position) {
        self.recorded = recorded
        self.stations = stations
        self.end = end
    }

    /// Whether what the event at `place` came to may be there already.
    func covers(_ place: InputPlace) -> Bool { place.offset < end[place.station] }

    /// What is there of one event, to be compared with what it comes to now.
    func comparison(of place: InputPlace) -> Comparison {
        Comparison(place: place, recorded: Array(recorded.of(place)), stations: stations)
    }

    /// What an emission of a timer is, beside what is there of it.
    func take(
        _ record: EventRecord, _ output: Int, emission: UInt16, of timer: KeyedTimer,
        after place: InputPlace
    ) -> FilledEmission {
        guard let entry = recorded.fired.entry(of: timer, emission: emission, after: place) else {
            return .missing
        }
        if Int(entry.output) == output, entry.content == OutputContent(record) { return .present }
        return .differs(
            FillDifference(
                input: place, emission: emission, station: stations[Int(entry.output)],
                partition: entry.partition, offset: entry.offset,
                wouldBe: Array(record.payload)))
    }

    /// Whether the dead letter of a timer is there.
    func hasLetter(of timer: KeyedTimer, after place: InputPlace) -> Bool {
        recorded.fired.entry(
            of: timer, emission: SettlementBuilder.deadLetterEmission, after: place) != nil
    }

    enum FilledEmission {
        case missing, present
        case differs(FillDifference)
    }

    /// One event's outputs, those that are there and those that it makes now.
    struct Comparison {
        let place: InputPlace
        private var recorded: [RecordedOutputs.Entry]
        private let stations: [StationName]
        private(set) var counts = FillCounts()
        /// Outputs that are there and would be otherwise now, or not at all.
        private(set) var differences: [FillDifference] = []

        init(
            place: InputPlace, recorded: [RecordedOutputs.Entry], stations: [StationName]
        ) {
            self.place = place
            self.recorded = recorded
            self.stations = stations
        }

        /// Whether emission number `emission`, now for output number `output`, is to be appended.
        mutating func isMissing(_ emission: UInt16, _ output: Int, _ record: EventRecord) -> Bool {
            guard let known = recorded.firstIndex(where: { $0.emission == emission }) else {
                counts.added += 1
                return true
            }
            let entry = recorded.remove(at: known)
            if Int(entry.output) == output, entry.content == OutputContent(record) {
                counts.present += 1
            } else {
                differ(entry, wouldBe: Array(record.payload))
            }
            return false
        }

        /// Whether its dead letter is to be appended.
        mutating func isLetterMissing() -> Bool {
            let letter = SettlementBuilder.deadLetterEmission
            if let known = recorded.firstIndex(where: { $0.emission == letter }) {
                recorded.remove(at: known)
                counts.present += 1
                return false
            }
            counts.added += 1
            return true
        }

        /// All that it makes now was told.
        mutating func finish() {
            for entry in recorded where entry.emission != SettlementBuilder.deadLetterEmission {
                differ(entry, wouldBe: nil)
            }
            recorded = []
        }

        private mutating func differ(_ entry: RecordedOutputs.Entry, wouldBe: [UInt8]?) {
            counts.differing += 1
            differences.append(
                FillDifference(
                    input: place, emission: entry.emission, station: stations[Int(entry.output)],
                    partition: entry.partition, offset: entry.offset, wouldBe: wouldBe))
        }
    }
}

/// An output that is there and would be otherwise now.
struct FillDifference {
    let input: InputPlace
    let emission: UInt16
    /// Where the output is.
    let station: StationName
    let partition: UInt32
    let offset: UInt64
    /// Its payload now; nil when the event does not make it any more.
    let wouldBe: [UInt8]?

    /// Of `wouldBe`, so many bytes are told.
    private static let toldBytes = 4_096

    /// The event of `moonrail.replays` that tells it.
    func event(of lane: LaneID, _ version: FunctionVersion, at time: EventTime) -> Event {
        var members: [String: JSONValue] = [
            "function": .string(lane.function.text),
            "version": .string(version.text),
            "input": .string(
                positionalID(
                    station: input.station, partition: lane.partition, offset: input.offset)),
            "emission": .integer(Int64(emission)),
            "output": .string(
                positionalID(station: station, partition: partition, offset: offset)),
            "difference": .string(wouldBe == nil ? "no-longer-made" : "changed"),
        ]
        if let wouldBe {
            members["would_be"] = .string(
                String(decoding: wouldBe.prefix(Self.toldBytes), as: UTF8.self))
        }
        // Texts and whole numbers can always be written.
        let payload = (try? JSONValue.object(members).encoded()) ?? []
        return Event(
            key: Array(lane.function.text.utf8), time: time, type: "moonrail.replay.difference",
            payload: payload)
    }
}
