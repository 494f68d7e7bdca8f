/// One key of a table of the configuration: declared once, used by the reader and the reference.
struct SettingsKey<Root: Sendable>: Sendable {
    let name: String
    /// What it takes, in the words of its error messages: `a size from 1B to 16MiB, such as 1MiB`.
    let demand: String
    let description: String
    /// What else may set it.
    let override: SettingsOverride?
    /// Its value in a root, as a user would write it; nil when there is none.
    let text: @Sendable (Root) -> String?
    /// What the reference says of its default where there is no value.
    let unset: String
    /// Reads the value that stands behind the key; the text is what messages call it.
    let read: @Sendable (SettingsNode, String, inout Root, inout [SettingsProblem]) -> Void

    /// A key of one value.
    init<Value>(
        _ name: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ kind: ValueKind<Value>,
        _ description: String, override: SettingsOverride? = nil
    ) {
        self.init(name: name, demand: kind.demand, description: description, override: override) {
            kind.text($0[keyPath: path])
        } read: { node, subject, root, problems in
            if let value = kind.read(node, subject, &problems) { root[keyPath: path] = value }
        }
    }

    /// A key of one value that stays nil unless it is given.
    init<Value>(
        _ name: String, _ path: WritableKeyPath<Root, Value?> & Sendable, _ kind: ValueKind<Value>,
        _ description: String, unset: String = "as the script says",
        override: SettingsOverride? = nil
    ) {
        self.init(
            name: name, demand: kind.demand, description: description, override: override,
            unset: unset
        ) {
            $0[keyPath: path].map(kind.text)
        } read: { node, subject, root, problems in
            if let value = kind.read(node, subject, &problems) { root[keyPath: path] = value }
        }
    }

    /// A table with keys of its own.
    init<Table>(
        _ name: String, _ path: WritableKeyPath<Root, Table> & Sendable,
        keys: [SettingsKey<Table>], _ description: String
    ) {
        self.init(
            name: name, demand: "a table", description: description, unset: "see below"
        ) { _ in
            nil
        } read: { node, subject, root, problems in
            node.read(keys, of: subject, into: &root[keyPath: path], problems: &problems)
        }
    }

    /// A table whose keys are names that the user chooses, such as `stations`.
    ///
    /// - Parameters:
    ///   - noun: what one entry is: `station`.
    ///   - empty: an entry of which nothing is said.
    ///   - lack: what an entry that was read lacks, as a sentence without its subject.
    init<Name: Hashable & Sendable, Entry: Sendable>(
        _ name: String, _ path: WritableKeyPath<Root, [Name: Entry]> & Sendable, noun: String,
        naming: @escaping @Sendable (String) throws -> Name, empty: Entry,
        keys: [SettingsKey<Entry>], _ description: String,
        lack: @escaping @Sendable (Entry) -> String? = { _ in nil }
    ) {
        let demand = "a table of \(noun) names"
        self.init(name: name, demand: demand, description: description, unset: "none") { _ in
            nil
        } read: { node, subject, root, problems in
            for item in node.entries(subject, problems: &problems) {
                let entrySubject = "\(noun) \(quoted(item.key))"
                var entry = empty
                let problemsBefore = problems.count
                item.value.read(keys, of: entrySubject, into: &entry, problems: &problems)
                if problems.count == problemsBefore, let lack = lack(entry) {
                    problems.append(
                        SettingsProblem(line: item.value.line, "\(entrySubject): \(lack)"))
                }
                do {
                    root[keyPath: path][try naming(item.key)] = entry
                } catch {
                    problems.append(SettingsProblem(line: item.value.line, "\(error)"))
                }
            }
        }
    }

    /// This key as one of the whole: as variables and flags set it, and the reference shows it.
    ///
    /// - Parameter whole: the table of the whole that it stands in; nil: in none of its own.
    func lifted<Whole>(
        into whole: String? = nil, _ path: WritableKeyPath<Whole, Root> & Sendable
    ) -> SettingsKey<Whole> {
        SettingsKey<Whole>(
            name: whole.map { "\($0).\(name)" } ?? name, demand: demand, description: description,
            override: override, unset: unset
        ) { [text] in
            text($0[keyPath: path])
        } read: { [read] node, subject, whole, problems in
            read(node, subject, &whole[keyPath: path], &problems)
        }
    }

    private init(
        name: String, demand: String, description: String, override: SettingsOverride? = nil,
        unset: String = "", text: @escaping @Sendable (Root) -> String?,
        read:
            @escaping @Sendable (
                SettingsNode, String, inout Root, inout [SettingsProblem]
            ) -> Void
    ) {
        self.name = name
        self.demand = demand
        self.description = description
        self.override = override
        self.text = text
        self.unset = unset
        self.read = read
    }
}
