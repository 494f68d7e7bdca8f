/// The search for the first row of a partition whose total reaches a value. A pure value.
///
/// It begins between rows that earlier searches looked at (`RowMarks`). Totals grow along a
/// partition, and often evenly. So it guesses where the value lies from the
/// totals on both sides (interpolation search), looks a little beyond on the side that is still
/// far away, and then halves what is left: three look-ups never leave more than half of it.
package struct RowSearch {
    private enum Step {
        case guess, beyond, halve
    }

    /// The part of what is left that lies between a guess and the look-up beyond it.
    private static let beyondShare: UInt64 = 64
    /// About a row; less need not be told apart.
    private static let beyondLeast: UInt64 = 512

    private let value: Int64
    private let end: UInt64
    private var low: UInt64
    private var high: UInt64
    /// The totals of the rows in front of `low` and at `high`, once they are known.
    private var below: Int64?
    private var above: Int64?
    private var step = Step.guess
    /// Where the value was guessed to lie.
    private var guess: UInt64 = 0
    /// Where rows were found to begin, of those that `low` and `high` are of.
    private var lowRow: UInt64?
    private var highRow: UInt64?

    /// - Parameters:
    ///   - offsets: of all the events.
    ///   - last: the total of the last row, where that is known.
    ///   - marks: what searches before found out.
    package init(
        for value: Int64, in offsets: Range<UInt64>, last: Int64?, marks: RowMarks = RowMarks()
    ) {
        self.value = value
        low = offsets.lowerBound
        high = offsets.upperBound
        end = offsets.upperBound
        above = last
        let bracket = marks.bracket(of: value)
        if let known = bracket.low, known.offset > low {
            low = min(known.offset, end)
            below = known.total
        }
        if let known = bracket.high, known.offset < high {
            high = max(known.offset, low)
            above = known.total
        }
    }

    /// The offset to look at; nil when the search has ended.
    package mutating func next() -> UInt64? {
        guard low < high else { return nil }
        // Nothing is known of the beginning yet.
        guard let below else { return above == nil ? middle : low }
        guard let above, below < above else { return middle }
        switch step {
        case .guess:
            step = .beyond
            let share = (Double(value) - Double(below)) / (Double(above) - Double(below))
            let distance = Double(high - low) * min(max(share, 0), 1)
            guess = min(low + UInt64(distance), high - 1)
            return guess
        case .beyond:
            step = .halve
            let margin = max(Self.beyondLeast, (high - low) / Self.beyondShare)
            // The guess was too low when the search goes on behind it.
            return guess < low
                ? min(low + margin, high - 1) : max(low, high - min(margin, high))
        case .halve:
            step = .guess
            return middle
        }
    }

    /// Takes in the row that holds the offset looked at, or the one before it.
    package mutating func found(_ first: UInt64, count: UInt64, total: Int64, at offset: UInt64) {
        if total < value {
            low = max(offset + 1, first + count)
            lowRow = low
            below = total
        } else {
            high = max(low, first)
            highRow = first
            above = total
        }
    }

    /// Takes in that no row is there any more at this offset or before it.
    package mutating func nothing(at offset: UInt64) {
        low = offset + 1
        // What was known may be of rows that are gone: from here on it only halves.
        above = nil
    }

    /// An offset of the row; nil when no row's total reaches the value.
    package var place: UInt64? { low < end ? low : nil }

    /// Whether the row was seen to begin at `place`; else it may begin in front of it.
    package var isBeginning: Bool { low == lowRow || low == highRow }

    private var middle: UInt64 { low + (high - low) / 2 }
}
