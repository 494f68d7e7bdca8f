/// One attachment of a script: what it reads, what it may write, how it runs.
package struct FunctionDefinition: Hashable, Sendable {
    package var name: FunctionName
    /// As messages name it: `functions/celsius.lua`.
    package var file: String
    package var description: String?
    /// Stations that it reads, at least one.
    package var from: [StationName]
    /// Stations that it may write; the first is the default.
    package var to: [StationName]
    package var start: LaneStart
    /// Events in one frame to the host, 1 to `Bounds.batchEvents`.
    package var batchEvents: Int
    package var limits: FunctionLimits
    package var inputs: JSONValue
}

/// What `config/moonrail.yaml` says of one function; what is nil is as the script says.
package struct FunctionOverrides: Hashable, Sendable {
    /// File name inside the functions directory; nil for the function's own name and `.lua`.
    package var script: String?
    package var description: String?
    package var from: [StationName]?
    package var to: [StationName]?
    package var start: LaneStart?
    package var batchEvents: Int?
    package var memoryBytes: UInt64?
    package var eventTime: Duration?
    package var wallTime: Duration?
    package var emissions: UInt32?
    package var outputBytes: UInt32?
    package var nesting: UInt32?
    package var logLines: UInt32?
    package var logBytes: UInt32?
    package var inputs: JSONValue?

    package init() {}
}

/// A script whose returned table is not a function's definition.
package struct InvalidDefinition: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

extension FunctionDefinition {
    /// Reads the table that a script returned, and lays `overrides` over it.
    ///
    /// - Parameters:
    ///   - table: the table as JSON, as `FunctionHost.load` answers it.
    ///   - limits: the operator's limits, which stand where neither script nor override says other.
    /// - Throws: `InvalidDefinition` with one sentence that names the file, the field and the mend.
    package init(
        name: FunctionName, file: String, table: JSONValue, overrides: FunctionOverrides,
        limits: FunctionLimits
    ) throws(InvalidDefinition) {
        let fields = try DefinitionFields(table, file: file, known: Self.knownFields)
        self.name = name
        self.file = file
        self.limits = limits
        // The script's own fields are read, and so checked, also where an override replaces them.
        let ownDescription = try fields.string("description")
        let ownFrom = try fields.stations("from")
        let ownTo = try fields.stations("to")
        let ownStart: LaneStart? = try fields.choice("start")
        let ownBatch = try fields.batch()
        description = overrides.description ?? ownDescription
        let from = overrides.from ?? ownFrom ?? []
        let to = overrides.to ?? ownTo ?? []
        guard !from.isEmpty else {
            throw fields.invalid(
                "'from' is missing; name the station it reads, such as from = \"readings\"")
        }
        guard from.count <= Bounds.inputs else {
            throw fields.invalid("'from' names \(from.count) stations; \(Bounds.inputs) at most")
        }
        guard to.count <= Bounds.outputs else {
            throw fields.invalid("'to' names \(to.count) stations; \(Bounds.outputs) at most")
        }
        if let twice = Self.repeated(in: from) {
            throw fields.invalid("'from' names '\(twice)' twice; name each station once")
        }
        if let twice = Self.repeated(in: to) {
            throw fields.invalid("'to' names '\(twice)' twice; name each station once")
        }
        if let loop = to.first(where: from.contains) {
            throw fields.invalid("it reads and writes '\(loop)', which would never end")
        }
        if let reserved = to.first(where: \.isReserved) {
            throw fields.invalid("'to' names '\(reserved)'; names under moonrail. are reserved")
        }
        self.from = from
        self.to = to
        start = overrides.start ?? ownStart ?? .earliest
        batchEvents = overrides.batchEvents ?? ownBatch ?? Bounds.batchEvents
        try fields.checkNumbers()
        try fields.readLimits(into: &self.limits)
        self.limits.apply(overrides)
        inputs = overrides.inputs ?? .object([:])
    }

    private static let knownFields = [
        "batch", "description", "from", "handler", "limits", "numbers", "start", "to",
    ]

    private static func repeated(in stations: [StationName]) -> StationName? {
        var seen: Set<StationName> = []
        return stations.first { !seen.insert($0).inserted }
    }
}

extension FunctionLimits {
    /// Takes over what the operator says of one function.
    fileprivate mutating func apply(_ overrides: FunctionOverrides) {
        memoryBytes = overrides.memoryBytes ?? memoryBytes
        eventTime = overrides.eventTime ?? eventTime
        wallTime = overrides.wallTime ?? wallTime
        emissions = overrides.emissions ?? emissions
        outputBytes = overrides.outputBytes ?? outputBytes
        nesting = overrides.nesting ?? nesting
        logLines = overrides.logLines ?? logLines
        logBytes = overrides.logBytes ?? logBytes
    }
}

/// The fields of a returned table, read with errors that a script's author can act on.
private struct DefinitionFields {
    let file: String
    let fields: [String: JSONValue]

    init(_ table: JSONValue, file: String, known: [String]) throws(InvalidDefinition) {
        self.file = file
        guard case .object(let fields) = table else {
            throw InvalidDefinition(description: "\(file): it returned \(table.kind), not a table")
        }
        self.fields = fields
        try check(fields, known: known, where: "")
    }

    func invalid(_ what: String) -> InvalidDefinition {
        InvalidDefinition(description: "\(file): \(what)")
    }

    private func check(
        _ fields: [String: JSONValue], known: [String], where prefix: String
    ) throws(InvalidDefinition) {
        if let unknown = fields.keys.sorted().first(where: { !known.contains($0) }) {
            throw invalid(
                "field '\(prefix)\(unknown)' is not known\(suggestion(for: unknown, among: known))")
        }
    }

    func string(_ name: String) throws(InvalidDefinition) -> String? {
        switch fields[name] {
        case nil: return nil
        case .string(let text): return text
        case .some(let other): throw invalid("'\(name)' is \(other.kind); it must be a string")
        }
    }

    func stations(_ name: String) throws(InvalidDefinition) -> [StationName]? {
        let texts: [JSONValue]
        switch fields[name] {
        case nil: return nil
        case .string(let text): texts = [.string(text)]
        case .array(let list): texts = list
        case .some(let other):
            throw invalid("'\(name)' is \(other.kind); it must be a station name or a list of them")
        }
        var stations: [StationName] = []
        for value in texts {
            guard case .string(let text) = value else {
                throw invalid("'\(name)' holds \(value.kind); it must hold station names")
            }
            do {
                stations.append(try StationName(text))
            } catch {
                throw invalid("'\(name)': \(error)")
            }
        }
        return stations
    }

    func choice<Choice>(_ name: String) throws(InvalidDefinition) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        guard let text = try string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
            throw invalid("'\(name)' is '\(text)'; it must be \(choices)")
        }
        return choice
    }

    func batch() throws(InvalidDefinition) -> Int? {
        guard let value = fields["batch"] else { return nil }
        guard case .integer(let number) = value, (1...Int64(Bounds.batchEvents)).contains(number)
        else { throw invalid("'batch' must be a whole number from 1 to \(Bounds.batchEvents)") }
        return Int(number)
    }

    /// The host follows it; here it is only checked.
    func checkNumbers() throws(InvalidDefinition) {
        guard let text = try string("numbers"), text != "double" else { return }
        throw invalid(
            "'numbers' is '\(text)'; it must be 'double' (integers beyond 64 bits are read as "
                + "doubles), or be left out (they are errors)")
    }

    func readLimits(into limits: inout FunctionLimits) throws(InvalidDefinition) {
        guard let value = fields["limits"] else { return }
        guard case .object(let table) = value else {
            throw invalid("'limits' is \(value.kind); it must be a table")
        }
        try check(table, known: ["memory", "time"], where: "limits.")
        if let memory = table["memory"] {
            guard let bytes = Self.memory(memory) else {
                throw invalid(
                    "'limits.memory' must be a size from 256KiB to 1GiB, such as \"32MiB\"")
            }
            guard bytes <= limits.scriptMemoryBytesMaximum else {
                throw invalid(
                    "'limits.memory' is over \(limits.scriptMemoryBytesMaximum) bytes, which is "
                        + "what the operator lets a script ask for (limits.memory_maximum)")
            }
            limits.memoryBytes = bytes
        }
        if let time = table["time"] {
            guard let duration = Self.time(time) else {
                throw invalid("'limits.time' must be a CPU time from 1ms to 10s, such as \"100ms\"")
            }
            guard duration <= limits.scriptEventTimeMaximum else {
                throw invalid(
                    "'limits.time' is over \(limits.scriptEventTimeMaximum), which is what the "
                        + "operator lets a script ask for (limits.time_maximum)")
            }
            limits.eventTime = duration
        }
    }

    private static func memory(_ value: JSONValue) -> UInt64? {
        let bytes: UInt64? =
            switch value {
            case .integer(let number): UInt64(exactly: number)
            case .string(let text): Quantity.bytes(text)
            default: nil
            }
        let allowed = FunctionLimits.memoryBytesMinimum...FunctionLimits.memoryBytesMaximum
        return bytes.flatMap { allowed.contains($0) ? $0 : nil }
    }

    private static func time(_ value: JSONValue) -> Duration? {
        guard case .string(let text) = value, let time = Quantity.duration(text),
            (.milliseconds(1)...FunctionLimits.eventTimeMaximum).contains(time)
        else { return nil }
        return time
    }
}
