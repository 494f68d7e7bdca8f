/// Rows that searches for a total have looked at in one partition, so that the next search begins
/// near its end. A pure value.
///
/// What it knows is true for ever, whatever becomes of the rows: events are never altered, and
/// totals never decrease along a partition. Rows that were merged or removed since leave a search
/// somewhere inside a row, or in front of the first one.
package struct RowMarks: Sendable {
    /// 24 bytes each.
    static let countMax = 2_048

    /// A row as it was seen: its events, and the total with the last of them.
    private struct Mark {
        let first: UInt64
        let next: UInt64
        let total: Int64
    }

    /// In the order of the rows' ends.
    private var marks: [Mark] = []

    package init() {}

    /// Takes note of a row.
    package mutating func insert(_ first: UInt64, count: UInt64, total: Int64) {
        let next = first + count
        let index = marks.partitionPoint { $0.next >= next }
        if index < marks.count, marks[index].next == next { return }
        marks.insert(Mark(first: first, next: next, total: total), at: index)
        guard marks.count > Self.countMax else { return }
        // Every second one, so that no part of the partition is forgotten.
        marks = stride(from: 0, to: marks.count, by: 2).map { marks[$0] }
    }

    /// The rows between which the first one whose total reaches a value lies.
    struct Bracket {
        /// Behind the last row known to be below the value, and its total.
        var low: (offset: UInt64, total: Int64)?
        /// The beginning of the first row known to reach it, and its total.
        var high: (offset: UInt64, total: Int64)?
    }

    func bracket(of value: Int64) -> Bracket {
        let index = marks.partitionPoint { $0.total >= value }
        var bracket = Bracket()
        if index > 0 { bracket.low = (marks[index - 1].next, marks[index - 1].total) }
        if index < marks.count { bracket.high = (marks[index].first, marks[index].total) }
        return bracket
    }
}

extension Array {
    /// The index of the first element of which `isBehind` is true; it is of all that follow.
    func partitionPoint(where isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
