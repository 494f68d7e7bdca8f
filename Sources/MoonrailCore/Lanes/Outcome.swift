/// What running one event came to.
package enum Outcome: Hashable, Sendable {
    /// The handler returned: these emissions of the reply, none when the event was dropped.
    case done(emissions: Range<Int>)
    case failed(FunctionFault)
    /// It was not run, or not counted: its key waits behind the event at `behind`, which failed.
    case parked(behind: InputPlace)

    package var isDone: Bool {
        if case .done = self { return true }
        return false
    }
}

/// What a user's function or event got wrong, or what the machine said of it.
package struct FunctionFault: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// The script called `context.reject`.
        case rejected = 1
        /// The script raised an error.
        case raised = 2
        /// Over its memory limit.
        case memoryLimit = 3
        /// Over its CPU time limit.
        case timeLimit = 4
        /// Too many emissions, or too many bytes of them, or nested too deeply.
        case outputLimit = 5
        /// The host process died of it.
        case hostDied = 6
        /// What it emitted can't be appended: an id that the station knows with another payload.
        case emissionConflict = 7
        /// It emitted at the end of a chain of emissions that is too long to be anything but a
        /// loop.
        case hopLimit = 8
        /// Whom it was to be delivered to did not take it.
        case undeliverable = 9

        /// As dead letters and the API spell it.
        package var name: String {
            switch self {
            case .rejected: "rejected"
            case .raised: "raised"
            case .memoryLimit: "memory-limit"
            case .timeLimit: "time-limit"
            case .outputLimit: "output-limit"
            case .hostDied: "host-died"
            case .emissionConflict: "emission-conflict"
            case .hopLimit: "hop-limit"
            case .undeliverable: "undeliverable"
            }
        }

        /// Whether the machine, not the inputs, decided: then the verdict goes to the journal.
        package var isVerdict: Bool {
            switch self {
            case .memoryLimit, .timeLimit, .outputLimit, .hostDied, .emissionConflict,
                .undeliverable:
                true
            case .rejected, .raised, .hopLimit: false
            }
        }

        /// Whether later events of its key wait behind it where the function parks keys. A conflict
        /// is found at the commit, when some of them may already have run.
        package var parksKey: Bool { self != .emissionConflict }

        /// Whether the event is run once more, alone, before it becomes a dead letter.
        package var deservesAnotherRun: Bool {
            switch self {
            case .memoryLimit, .timeLimit, .hostDied: true
            case .rejected, .raised, .outputLimit, .emissionConflict, .hopLimit, .undeliverable:
                false
            }
        }
    }

    package var kind: Kind
    /// One sentence, with the script's file and line where there is one.
    package var message: String
    /// Empty when there is none.
    package var traceback: String
    /// Runs of the event until it was held to have failed, alone or among others.
    package var attempts: Int

    /// It emitted at the end of a chain that is too long.
    package static let hopLimit = FunctionFault(
        kind: .hopLimit,
        message: "the event's causes go through \(Bounds.hops) functions, so that what it "
            + "emits is taken for a loop; break the loop between stations")

    package init(kind: Kind, message: String, traceback: String = "", attempts: Int = 1) {
        self.kind = kind
        self.message = message
        self.traceback = traceback
        self.attempts = attempts
    }
}
