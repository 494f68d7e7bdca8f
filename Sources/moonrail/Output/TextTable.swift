/// Rows in aligned columns.
struct TextTable {
    enum Alignment { case left, right }

    struct Column {
        let title: String
        let alignment: Alignment

        static func left(_ title: String) -> Column { Column(title: title, alignment: .left) }
        static func right(_ title: String) -> Column { Column(title: title, alignment: .right) }
    }

    private static let gap = "  "

    private let columns: [Column]
    /// Lines are cut at this many characters; nil to leave them whole.
    private let lineWidth: Int?
    /// Grow with what is seen, so that later rows fall in line with earlier ones.
    private var widths: [Int]
    private(set) var hasHeading = false

    init(_ columns: [Column], lineWidth: Int? = nil) {
        self.columns = columns
        self.lineWidth = lineWidth
        widths = columns.map(\.title.count)
    }

    /// The lines of `rows`, under the heading when they are the first.
    mutating func lines(_ rows: [[String]]) -> String {
        for row in rows {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], cell.count)
            }
        }
        var text = hasHeading ? "" : line(columns.map { $0.title.uppercased() })
        hasHeading = true
        for row in rows { text += line(row) }
        return text
    }

    private func line(_ cells: [String]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
            if index > 0 { text += Self.gap }
            switch columns[index].alignment {
            case .right: text += padding + cell
            // The last column needs no padding to the right, and may be very long.
            case .left: text += index == cells.count - 1 ? cell : cell + padding
            }
        }
        guard let lineWidth, text.count > lineWidth else { return text + "\n" }
        return text.prefix(max(0, lineWidth - 1)) + "…\n"
    }
}
