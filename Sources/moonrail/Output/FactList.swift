/// Named facts, one a line, the values in one column.
struct FactList {
    private let facts: [(name: String, value: String)]

    init(_ facts: [(name: String, value: String)]) {
        self.facts = facts
    }

    /// The lines, with the end of the last.
    var text: String {
        let width = facts.map(\.name.count).max() ?? 0
        return facts.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value + "\n"
        }.joined()
    }
}
