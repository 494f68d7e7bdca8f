/// A timer that is not called when it fires, since the machine stopped it before: it is told as one
/// that failed, and is gone.
package struct StoppedFiring: Hashable, Sendable {
    package enum Which: Hashable, Sendable {
        /// Number so many of those that fire after the event, from 1 on.
        case number(Int)
        case timer(KeyedTimer)
    }

    /// Number of the event in the run.
    package var event: Int
    package var which: Which
    /// What became of it.
    package var fault: FunctionFault

    package init(event: Int, _ which: Which, _ fault: FunctionFault) {
        self.event = event
        self.which = which
        self.fault = fault
    }

    /// Whether it is the one that fires as number `number` after event number `event`.
    package func matches(_ timer: KeyedTimer, event: Int, number: Int) -> Bool {
        guard self.event == event else { return false }
        switch which {
        case .number(let own): return own == number
        case .timer(let own): return own == timer
        }
    }
}
