/// The fields of a returned table, read with errors that a script's author can act on.
struct DefinitionFields {
    let file: String
    let fields: [String: JSONValue]
    private let outline: ScriptOutline?

    init(
        _ table: JSONValue, file: String, known: [String], outline: ScriptOutline?
    ) throws(InvalidDefinition) {
        self.file = file
        self.outline = outline
        guard case .object(let fields) = table else {
            throw InvalidDefinition(description: "\(file): it returned \(table.kind), not a table")
        }
        self.fields = fields
        try check(fields, known: known, where: "")
    }

    /// - Parameter field: what is wrong, such as `limits.memory`; nil for the whole table.
    func invalid(_ what: String, at field: String? = nil) -> InvalidDefinition {
        let own = field.map { String($0.prefix { $0 != "." }) }
        let line = own.flatMap { outline?.fieldLines[$0] } ?? outline?.returnLine
        return InvalidDefinition(
            description: "\(file):\(line.map { "\($0):" } ?? "") \(what)")
    }

    func check(
        _ fields: [String: JSONValue], known: [String], where prefix: String
    ) throws(InvalidDefinition) {
        if let unknown = fields.keys.sorted().first(where: { !known.contains($0) }) {
            throw invalid(
                "field '\(prefix)\(unknown)' is not known\(suggestion(for: unknown, among: known))",
                at: prefix + unknown)
        }
    }

    func string(_ name: String) throws(InvalidDefinition) -> String? {
        switch fields[name] {
        case nil: return nil
        case .string(let text): return text
        case .some(let other):
            throw invalid("'\(name)' is \(other.kind); it must be a string", at: name)
        }
    }

    func stations(_ name: String) throws(InvalidDefinition) -> [StationName]? {
        let texts: [JSONValue]
        switch fields[name] {
        case nil: return nil
        case .string(let text): texts = [.string(text)]
        case .array(let list): texts = list
        case .some(let other):
            throw invalid(
                "'\(name)' is \(other.kind); it must be a station name or a list of them", at: name)
        }
        var stations: [StationName] = []
        for value in texts {
            guard case .string(let text) = value else {
                throw invalid(
                    "'\(name)' holds \(value.kind); it must hold station names", at: name)
            }
            do {
                stations.append(try StationName(text))
            } catch {
                throw invalid("'\(name)': \(error)", at: name)
            }
        }
        return stations
    }

    func choice<Choice>(_ name: String) throws(InvalidDefinition) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        guard let text = try string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
            throw invalid("'\(name)' is '\(text)'; it must be \(choices)", at: name)
        }
        return choice
    }

    func truth(_ name: String) throws(InvalidDefinition) -> Bool? {
        switch fields[name] {
        case nil: return nil
        case .bool(let value): return value
        case .some(let other):
            throw invalid("'\(name)' is \(other.kind); it must be true or false", at: name)
        }
    }

    func batch() throws(InvalidDefinition) -> Int? {
        guard let value = fields["batch"] else { return nil }
        return try number(value, "batch", 1...Bounds.batchEvents)
    }

    /// The host follows it; here it is only checked.
    func checkNumbers() throws(InvalidDefinition) {
        guard let text = try string("numbers"), text != "double" else { return }
        throw invalid(
            "'numbers' is '\(text)'; it must be 'double' (integers beyond 64 bits are read as "
                + "doubles), or be left out (they are errors)", at: "numbers")
    }

    /// The members of a field that is a table; nil when there is no such field.
    func table(
        _ name: String, known: [String]
    ) throws(InvalidDefinition) -> [String: JSONValue]? {
        switch fields[name] {
        case nil:
            return nil
        case .object(let table):
            try check(table, known: known, where: name + ".")
            return table
        case .some(let other):
            throw invalid("'\(name)' is \(other.kind); it must be a table", at: name)
        }
    }

    /// A whole number within bounds, of the field that `name` says.
    func number(
        _ value: JSONValue, _ name: String, _ allowed: ClosedRange<Int>
    ) throws(InvalidDefinition) -> Int {
        guard case .integer(let number) = value, let number = Int(exactly: number),
            allowed.contains(number)
        else {
            throw invalid(
                "'\(name)' must be a whole number from \(allowed.lowerBound) to "
                    + "\(allowed.upperBound)", at: name)
        }
        return number
    }
}
