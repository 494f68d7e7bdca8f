import MoonrailCore

/// One value of the configuration, wherever it came from.
struct SettingsNode: Sendable {
    let content: Content
    /// Line of its key, or its own in a list; nil for what is not in a file.
    let line: Int?

    enum Content: Sendable {
        case scalar(SettingsScalar)
        case list([SettingsNode])
        case table([Entry])
    }

    /// A key and its value, in the order of the file; keys are unique.
    struct Entry: Sendable {
        let key: String
        let value: SettingsNode
    }

    init(_ content: Content, line: Int?) {
        self.content = content
        self.line = line
    }

    /// The value of a variable or flag.
    init(text: String) {
        self.init(.scalar(SettingsScalar(untyped: text)), line: nil)
    }

    /// What it is, as messages say it.
    var shown: String {
        switch content {
        case .scalar(let scalar) where scalar.text.isEmpty || scalar.isNull: "empty"
        case .scalar(let scalar): quoted(scalar.text)
        case .list: "a list"
        case .table: "a table"
        }
    }

    func mustBe(_ demand: String, _ subject: String) -> SettingsProblem {
        SettingsProblem(line: line, "\(subject) is \(shown); it must be \(demand)")
    }

    /// The entries of a table. A key with nothing behind it is an empty one, so that a table's
    /// entries may all be commented out.
    func entries(_ subject: String, problems: inout [SettingsProblem]) -> [Entry] {
        switch content {
        case .table(let entries):
            return entries
        case .scalar(let scalar) where scalar.isNull:
            return []
        default:
            problems.append(mustBe("a table", subject))
            return []
        }
    }

    /// Reads a table whose keys are declared.
    ///
    /// - Parameter subject: what the table is, such as `station 'readings'`; nil for the file.
    func read<Root>(
        _ keys: [SettingsKey<Root>], of subject: String?, into root: inout Root,
        problems: inout [SettingsProblem]
    ) {
        let place = subject.map { " in \($0)" } ?? ""
        for entry in entries(subject ?? "the file", problems: &problems) {
            if let key = keys.first(where: { $0.name == entry.key }) {
                key.read(entry.value, "'\(key.name)'\(place)", &root, &problems)
            } else {
                let near = suggestion(for: String(entry.key.prefix(60)), among: keys.map(\.name))
                problems.append(
                    SettingsProblem(
                        line: entry.value.line, "unknown key \(quoted(entry.key))\(place)\(near)"))
            }
        }
    }
}
