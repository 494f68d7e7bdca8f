import MoonrailCore

extension DuplicateReach {
    /// Into how many steps a window's age is divided: it ends at most a thousandth of its age late,
    /// and 16 bytes a step are little beside the ids.
    static let ageSteps: Int64 = 1_024

    private var stepMicroseconds: Int64 { max(1, age.microseconds / Self.ageSteps) }

    /// The beginning of the step in which `microseconds` lies.
    func step(of microseconds: Int64) -> Int64 {
        let step = stepMicroseconds
        let quotient = microseconds / step
        return (quotient * step > microseconds ? quotient - 1 : quotient) * step
    }

    /// Ids of events that were appended earlier than this are no longer in the window at `now`;
    /// always the beginning of a step.
    func horizon(at now: Int64) -> Int64 { step(of: now - age.microseconds) }
}

/// When the ids of a window were given, to the precision of its steps: at most as many marks as
/// an age has steps, and two.
struct WindowTimes: Sendable {
    private struct Mark {
        /// Beginning of the step.
        let step: Int64
        /// Number of the first id after it.
        var end: Int
    }

    private let reach: DuplicateReach
    /// In the order of time and so of numbers.
    private var marks: [Mark] = []

    init(_ reach: DuplicateReach) {
        self.reach = reach
    }

    /// The ids up to and without number `end` that no mark covers were appended at `microseconds`,
    /// which is never earlier than those before.
    mutating func add(_ microseconds: Int64, end: Int) {
        let step = reach.step(of: microseconds)
        if let last = marks.indices.last, marks[last].step == step {
            marks[last].end = end
        } else {
            marks.append(Mark(step: step, end: end))
        }
    }

    /// Number of the first id that is still in the window at `now` as far as its age goes.
    func first(at now: Int64) -> Int {
        let horizon = reach.horizon(at: now)
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].step < horizon { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : marks[low - 1].end
    }

    /// Forgets when ids below `number` were given.
    mutating func removeAll(before number: Int) {
        marks.removeFirst(marks.firstIndex { $0.end > number } ?? marks.count)
    }
}
