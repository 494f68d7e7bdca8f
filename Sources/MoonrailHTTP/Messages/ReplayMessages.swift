import MoonrailCore
import MoonrailRuntime

/// Where a function's lanes are to be moved.
package struct ResetWishMessage: Codable, Hashable, Sendable {
    /// `earliest`, `latest`, `-N`, an offset, or a time.
    package var to: String
    /// What becomes of the outputs of events that run again; nil: `append`.
    package var outputs: ReplayOutputs?
    /// Nil: all lanes.
    package var partition: UInt32?
    /// At most so many events a second run again; nil: as fast as they can.
    package var eventsPerSecond: UInt32?
    /// Whether nothing is to be done but to tell what would be.
    package var plan: Bool?
    /// Why: 1,024 bytes at most.
    package var because: String?

    enum CodingKeys: String, CodingKey {
        case to, outputs, partition, plan, because
        case eventsPerSecond = "events_per_second"
    }

    package init(
        to: String, outputs: ReplayOutputs, partition: UInt32? = nil,
        eventsPerSecond: UInt32? = nil, plan: Bool, because: String? = nil
    ) {
        self.to = to
        self.outputs = outputs
        self.partition = partition
        self.eventsPerSecond = eventsPerSecond
        self.plan = plan
        self.because = because
    }

    /// - Throws: `Problem` for what can't be meant.
    func wish() throws(Problem) -> ResetWish {
        if let eventsPerSecond, !(1...ResetWish.rateMost).contains(eventsPerSecond) {
            throw .badRequest(
                "'events_per_second' is \(eventsPerSecond); it must be 1 to "
                    + "\(ResetWish.rateMost)")
        }
        return ResetWish(
            to: try StartingPoint(to), outputs: outputs ?? .append, partition: partition,
            eventsPerSecond: eventsPerSecond)
    }
}

/// What a reset would do, or did.
package struct ResetPlanMessage: Codable, Hashable, Sendable {
    package var function: String
    package var outputs: ReplayOutputs
    /// Whether it was done, or only planned.
    package var isDone: Bool
    package var lanes: [Lane]
    package var eventsAgain: UInt64
    /// Going by what came so far.
    package var emissionsExpected: UInt64
    /// Keys whose state is rebuilt, at most; nil: nothing is to be rebuilt.
    package var stateKeys: UInt64?
    package var pendingLetters: UInt64
    package var downstream: [Downstream]

    package struct Lane: Codable, Hashable, Sendable {
        package var partition: UInt32
        package var inputs: [Input]
        package var eventsAgain: UInt64
        package var eventsPassedOver: UInt64

        enum CodingKeys: String, CodingKey {
            case partition, inputs
            case eventsAgain = "events_again"
            case eventsPassedOver = "events_passed_over"
        }
    }

    package struct Input: Codable, Hashable, Sendable {
        package var station: String
        package var from: UInt64
        package var to: UInt64
    }

    package struct Downstream: Codable, Hashable, Sendable {
        package var station: String
        package var writer: String
        package var events: UInt64
        package var expected: UInt64
        package var readers: [String]
    }

    enum CodingKeys: String, CodingKey {
        case function, outputs, lanes, downstream
        case isDone = "is_done"
        case eventsAgain = "events_again"
        case emissionsExpected = "emissions_expected"
        case stateKeys = "state_keys"
        case pendingLetters = "pending_letters"
    }

    init(_ plan: ResetPlan, _ wish: ResetWish, of function: FunctionName, isDone: Bool) {
        self.function = function.text
        outputs = wish.outputs
        self.isDone = isDone
        lanes = plan.moves.map { move in
            Lane(
                partition: move.lane.partition,
                inputs: move.to.offsets.sorted { $0.key < $1.key }.map {
                    Input(station: $0.key.text, from: move.from[$0.key], to: $0.value)
                }, eventsAgain: move.eventsAgain, eventsPassedOver: move.eventsPassedOver)
        }
        eventsAgain = plan.eventsAgain
        emissionsExpected = plan.emissions
        stateKeys = plan.stateKeys
        pendingLetters = plan.pendingLetters
        downstream = plan.downstream.map { place in
            Downstream(
                station: place.station.text, writer: place.writer.text, events: place.events,
                expected: place.expected, readers: place.readers.map(\.text))
        }
    }
}

/// The latest replay of a lane, and how far it is.
package struct ReplayMessage: Codable, Hashable, Sendable {
    /// Whose lane: the function's, or its shadow's.
    package var function: String
    package var partition: UInt32
    package var outputs: ReplayOutputs
    package var generation: UInt32
    /// When it was asked for, RFC 3339.
    package var started: String
    package var events: UInt64
    package var eventsLeft: UInt64
    /// Whether the function's state is still being restored; nothing runs before.
    package var isRestoring: Bool
    package var eventsPerSecond: UInt32?
    /// Of outputs that are filled in: those that were there, those that were missing and came, and
    /// those that are there and would be otherwise now.
    package var present: UInt64
    package var added: UInt64
    package var differing: UInt64

    enum CodingKeys: String, CodingKey {
        case function, partition, outputs, generation, started, events, present, added, differing
        case eventsLeft = "events_left"
        case isRestoring = "is_restoring"
        case eventsPerSecond = "events_per_second"
    }

    /// Whether it is a shadow's that has run history, and goes on with what comes.
    package var isFollowing: Bool {
        outputs == .shadow && eventsLeft == 0 && function.hasPrefix(FunctionName.shadowPrefix)
    }

    init(_ replay: LaneReplay, of lane: LaneSummary) {
        function = lane.lane.function.text
        partition = lane.lane.partition
        outputs = replay.outputs
        generation = lane.generation
        started = replay.time.description
        events = replay.events
        eventsLeft = replay.eventsLeft(at: lane.position)
        isRestoring = replay.isRestoring
        eventsPerSecond = replay.eventsPerSecond
        present = replay.found.present
        added = replay.found.added
        differing = replay.found.differing
    }
}
