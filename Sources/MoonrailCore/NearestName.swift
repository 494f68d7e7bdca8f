/// The known name that `name` most likely meant: at most two edits away (Levenshtein distance),
/// and less than half of it changed.
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
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in right.enumerated() {
            let substituted = diagonal + (a == b ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
        }
    }
    return row[right.count]
}
