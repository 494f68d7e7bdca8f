/// What the inputs alone don't tell about a settlement: which were taken, in which order, by which
/// version, the verdicts of the machine rather than of the script, and what became of dead letters.
/// A replay follows it.
package struct JournalRecord: Hashable, Sendable {
    package var version: FunctionVersion
    package var taken: [Taken]
    package var verdicts: [Verdict]
    package var fates: [LetterFate]
    /// Where the lane was moved to; nil when it only went on.
    package var reset: Generations.Beginning?
    /// How far event time had come when it was written, of a function with timers.
    package var watermark: EventTime?
    /// Of a tick, the event that came last: nothing was taken, and the clock has moved event time
    /// to `watermark`.
    package var tick: InputPlace?
    /// Timers that were stopped when they fired.
    package var stopped: [StoppedTimer] = []
    /// When the engine wrote it, and what the settlement appended: from the clock's time to the
    /// latest `appended_at`, which are the same unless the clock was set back. Nil until then, and
    /// of records that were written before this was kept.
    package var settled: ClosedRange<EventTime>?

    /// Consecutive events of one input station.
    package struct Taken: Hashable, Sendable {
        package var station: StationName
        package var first: UInt64
        package var last: UInt64

        package init(station: StationName, first: UInt64, last: UInt64) {
            self.station = station
            self.first = first
            self.last = last
        }
    }

    /// An event that became a dead letter for what the machine said of it: a limit, a host's death.
    package struct Verdict: Hashable, Sendable {
        package var station: StationName
        package var offset: UInt64
        package var kind: FunctionFault.Kind

        package init(station: StationName, offset: UInt64, kind: FunctionFault.Kind) {
            self.station = station
            self.offset = offset
            self.kind = kind
        }
    }

    /// A timer whose firing became a dead letter for what the machine said of it.
    package struct StoppedTimer: Hashable, Sendable {
        /// The event after which it fired.
        package var place: InputPlace
        package var timer: KeyedTimer
        package var kind: FunctionFault.Kind

        package init(place: InputPlace, timer: KeyedTimer, kind: FunctionFault.Kind) {
            self.place = place
            self.timer = timer
            self.kind = kind
        }
    }

    /// What became of a dead letter, named by where its event was read.
    package struct LetterFate: Hashable, Sendable {
        package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
            /// It was run again and has had its effects.
            case resent = 1
            /// It was run again and failed again; it still waits.
            case failedAgain = 2
            /// Somebody decided that it is not to be run.
            case skipped = 3
        }

        package var station: StationName
        package var offset: UInt64
        package var kind: Kind

        package init(station: StationName, offset: UInt64, kind: Kind) {
            self.station = station
            self.offset = offset
            self.kind = kind
        }
    }

    package init(
        version: FunctionVersion, taken: [Taken], verdicts: [Verdict] = [],
        fates: [LetterFate] = [], reset: Generations.Beginning? = nil,
        settled: ClosedRange<EventTime>? = nil
    ) {
        self.version = version
        self.taken = taken
        self.verdicts = verdicts
        self.fates = fates
        self.reset = reset
        self.settled = settled
    }
}
