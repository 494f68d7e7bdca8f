/// What a host gets to know of timers for one run.
package struct DueTimers: Sendable {
    /// Before the run's first event.
    package var watermark: Watermark
    /// Timers that fire after one event at most, at least one.
    package var firings: Int
    /// Those that may fire in the run, the next one first.
    package var timers: [KeyedTimer]
    /// What their keys have, each key once.
    package var values: [(key: [UInt8], value: StateValue)]
    /// Whether more may fire in the run than these. Then they are of more than `firings` keys, so
    /// that those of the first event are among them.
    package var isCut: Bool
    /// Whether the run's only event ran before, and the clock has moved time since: it does not run
    /// again, and what is due fires after it.
    package var isTick = false
    /// Those that are not to be called when they fire.
    package var stopped: [StoppedFiring] = []

    package init(
        watermark: Watermark, firings: Int, timers: [KeyedTimer],
        values: [(key: [UInt8], value: StateValue)], isCut: Bool
    ) {
        self.watermark = watermark
        self.firings = firings
        self.timers = timers
        self.values = values
        self.isCut = isCut
    }
}
