import Glibc

/// Shows on standard error how far a command has come, when that is a terminal.
struct ProgressBar {
    private static let cells = 30
    /// A terminal that is written to more often only flickers.
    private static let pause = Duration.milliseconds(100)

    /// Nil when the size of the input is not known.
    private let totalBytes: Int?
    private let clock = ContinuousClock()
    private let isShown: Bool
    private let started: ContinuousClock.Instant
    private var drawn: ContinuousClock.Instant?

    init(totalBytes: Int?) {
        self.totalBytes = totalBytes
        isShown = StandardError.isTerminal
        started = clock.now
    }

    mutating func show(bytes: Int, events: Int) {
        let now = clock.now
        if let drawn, now - drawn < Self.pause { return }
        guard isShown else { return }
        drawn = now
        let seconds = max(0.001, (now - started) / .seconds(1))
        var text = "\r\u{1B}[K"
        if let totalBytes, totalBytes > 0 {
            let share = min(1, Double(bytes) / Double(totalBytes))
            let full = Int(share * Double(Self.cells))
            text += "[" + String(repeating: "#", count: full)
            text += String(repeating: "-", count: Self.cells - full) + "] \(Int(share * 100)) %  "
        }
        text += "\(events) events, \(Int(Double(events) / seconds)) a second"
        StandardError.write(text: text)
    }

    /// Takes the bar away, so that something else can be said; it comes back at the next `show`.
    mutating func clear() {
        guard drawn != nil else { return }
        drawn = nil
        StandardError.write(text: "\r\u{1B}[K")
    }
}
