/// What changed between two texts, line by line.
package enum LineDiff {
    /// Unchanged lines that are shown around each change.
    private static let context = 3

    /// The changed lines with some around them: `-` before those of `old` alone, `+` before those
    /// of `new` alone, a space before those of both, and `...` where lines are left out. Empty when
    /// the texts are equal.
    package static func lines(from old: String, to new: String) -> [String] {
        let before = split(old)
        let after = split(new)
        let changes = after.difference(from: before)
        if changes.isEmpty { return [] }
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in changes {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var all: [(mark: Character, line: Substring)] = []
        var (i, j) = (0, 0)
        while i < before.count || j < after.count {
            if removed.contains(i) {
                all.append(("-", before[i]))
                i += 1
            } else if inserted.contains(j) {
                all.append(("+", after[j]))
                j += 1
            } else {
                all.append((" ", before[i]))
                i += 1
                j += 1
            }
        }
        return shown(all)
    }

    private static func shown(_ all: [(mark: Character, line: Substring)]) -> [String] {
        var near = [Bool](repeating: false, count: all.count)
        for (number, entry) in all.enumerated() where entry.mark != " " {
            for other in max(0, number - context)...min(all.count - 1, number + context) {
                near[other] = true
            }
        }
        var lines: [String] = []
        for (number, entry) in all.enumerated() {
            if near[number] {
                lines.append("\(entry.mark)\(entry.line)")
            } else if number == 0 || near[number - 1] {
                lines.append("...")
            }
        }
        return lines
    }

    /// The lines, without an empty one behind the last line's end.
    private static func split(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
