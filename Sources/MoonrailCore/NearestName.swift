/// The known name that `name` most likely meant: at most two edits away (optimal string
/// alignment: a letter added, removed, replaced, or two neighbours swapped), and less than half of
/// it changed.
package func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    let typed = Array(name.utf8)
    let best = known.map { (name: $0, edits: edits(typed, Array($0.utf8))) }
        .min { ($0.edits, $0.name) < ($1.edits, $1.name) }
    guard let best, best.edits <= 2, best.edits * 2 < max(typed.count, 3) else { return nil }
    return best.name
}

/// `; did you mean 'x'?` when a known name is near, otherwise the list of what is known.
package func suggestion(for name: String, among known: [String]) -> String {
    if let nearest = nearestName(to: name, among: known) { return "; did you mean '\(nearest)'?" }
    return known.isEmpty ? "" : "; known: \(known.sorted().joined(separator: ", "))"
}

private func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var rows = [Array(0...right.count)]
    for i in 0..<left.count {
        var row = [i + 1]
        for j in 0..<right.count {
            var best = min(
                rows[i][j] + (left[i] == right[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                best = min(best, rows[i - 1][j - 1] + 1)
            }
            row.append(best)
        }
        rows.append(row)
    }
    return rows[left.count][right.count]
}
