import Glibc

/// Shows on standard error how far a command has come, when that is a terminal.
struct ProgressBar {
    private static let cells = 30
    /// A terminal that is written to more often only flickers.
    private static let pause = Duration.milliseconds(100)

    /// What there is to do; nil when that is not known.
    private let total: Int?
    /// What of it, and how many events, were done before it began.
    private let before: Int
    private let clock = ContinuousClock()
    private let isShown: Bool
    private let started: ContinuousClock.Instant
    private var drawn: ContinuousClock.Instant?

    /// For a file that is read.
    ///
    /// - Parameter totalBytes: nil when the size of the input is not known.
    init(totalBytes: Int?) {
        self.init(total: totalBytes, before: 0)
    }

    /// For events, of which `done` were done before.
    init(events: Int, done: Int) {
        self.init(total: events, before: done)
    }

    private init(total: Int?, before: Int) {
        self.total = total
        self.before = before
        isShown = StandardError.isTerminal
        started = clock.now
    }

    mutating func show(bytes: Int, events: Int) {
        show(bytes, events: events, timeLeft: false)
    }

    mutating func show(events: Int) {
        show(events, events: events, timeLeft: true)
    }

    private mutating func show(_ done: Int, events: Int, timeLeft: Bool) {
        let now = clock.now
        if let drawn, now - drawn < Self.pause { return }
        guard isShown else { return }
        drawn = now
        let seconds = max(0.001, (now - started) / .seconds(1))
        var text = "\r\u{1B}[K"
        if let total, total > 0 {
            let share = min(1, Double(done) / Double(total))
            let full = Int(share * Double(Self.cells))
            text += "[" + String(repeating: "#", count: full)
            text += String(repeating: "-", count: Self.cells - full) + "] \(Int(share * 100)) %  "
        }
        let rate = Double(events - before) / seconds
        text += "\(events) events, \(Int(rate)) a second"
        if timeLeft, let total, rate > 0 {
            text += ", \(Int((Double(total - done) / rate).rounded(.up))) s left"
        }
        StandardError.write(text: text)
    }

    /// Takes the bar away, so that something else can be said; it comes back at the next `show`.
    mutating func clear() {
        guard drawn != nil else { return }
        drawn = nil
        StandardError.write(text: "\r\u{1B}[K")
    }
}
