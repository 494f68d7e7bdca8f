/// One attachment of a script: what it reads, what it may write, how it runs.
package struct FunctionDefinition: Hashable, Sendable {
    package var name: FunctionName
    /// As messages name it: `functions/celsius.lua`.
    package var file: String
    package var description: String?
    /// As its `memphis.yaml` lists them.
    package var tags: [String]
    /// Stations that it reads, at least one.
    package var from: [StationName]
    /// Stations that it may write; the first is the default.
    package var to: [StationName]
    package var start: LaneStart
    /// Events in one frame to the host, 1 to `Bounds.batchEvents`.
    package var batchEvents: Int
    package var limits: FunctionLimits
    package var failure: FailurePolicy
    /// Whether it is meant that what it emits comes back to it; a bound on hops ends the rest.
    package var isLoop: Bool
    package var inputs: JSONValue
    /// Nil when it keeps none.
    package var state: StateDefinition?
    /// Nil when it has none.
    package var timers: TimerDefinition?
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
    package var logRate: UInt32?
    package var stateBytes: UInt32?
    package var stateKeys: UInt64?
    package var onFailure: OnFailure?
    package var retryAttempts: Int?
    package var retryFirstDelay: Duration?
    package var retryMaximumDelay: Duration?
    /// Nil inside: no breaker.
    package var breaker: BreakerPolicy??
    package var onBreaker: OnBreaker?
    package var isLoop: Bool?
    package var inputs: JSONValue?

    package init() {}
}

/// A script whose returned table is not a function's definition.
package struct InvalidDefinition: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

extension FunctionDefinition {
    /// Reads the table that a script returned, lays it over the manifest, and `overrides` over
    /// both.
    ///
    /// - Parameters:
    ///   - table: the table as JSON, as `FunctionHost.load` answers it.
    ///   - manifest: its `memphis.yaml`, if there is one.
    ///   - limits: the operator's limits, which stand where neither script nor override says other.
    ///   - outline: where the fields stand in the script, if that is known.
    /// - Throws: `InvalidDefinition` with one sentence that names the file, the field and the mend.
    package init(
        name: FunctionName, file: String, table: JSONValue, overrides: FunctionOverrides,
        manifest: FunctionManifest? = nil, limits: FunctionLimits, outline: ScriptOutline? = nil
    ) throws(InvalidDefinition) {
        let fields = try DefinitionFields(
            table, file: file, known: Self.knownFields, outline: outline)
        self.name = name
        self.file = file
        self.limits = limits
        // The script's own fields are read, and so checked, also where an override replaces them.
        let ownDescription = try fields.string("description")
        let ownFrom = try fields.stations("from")
        let ownTo = try fields.stations("to")
        let ownStart: LaneStart? = try fields.choice("start")
        let ownBatch = try fields.batch()
        description = overrides.description ?? ownDescription ?? manifest?.description
        tags = manifest?.tags ?? []
        let from = overrides.from ?? ownFrom ?? []
        let to = overrides.to ?? ownTo ?? []
        guard !from.isEmpty else {
            throw fields.invalid(
                "'from' is missing; name the station it reads, such as from = \"readings\"",
                at: "from")
        }
        guard from.count <= Bounds.inputs else {
            throw fields.invalid(
                "'from' names \(from.count) stations; \(Bounds.inputs) at most",
                at: "from")
        }
        guard to.count <= Bounds.outputs else {
            throw fields.invalid(
                "'to' names \(to.count) stations; \(Bounds.outputs) at most",
                at: "to")
        }
        if let twice = Self.repeated(in: from) {
            throw fields.invalid(
                "'from' names '\(twice)' twice; name each station once", at: "from")
        }
        if let twice = Self.repeated(in: to) {
            throw fields.invalid("'to' names '\(twice)' twice; name each station once", at: "to")
        }
        if let reserved = to.first(where: \.isReserved), let prefix = reserved.reservedPrefix {
            throw fields.invalid(
                "'to' names '\(reserved)'; names under \(prefix) are reserved", at: "to")
        }
        if let reserved = name.reserved {
            throw InvalidDefinition(
                description: "\(file): no function may be called '\(name)'; names under "
                    + "\(reserved.prefix) are those of \(reserved.owners)")
        }
        self.from = from
        self.to = to
        start = overrides.start ?? ownStart ?? .earliest
        batchEvents = overrides.batchEvents ?? ownBatch ?? Bounds.batchEvents
        try fields.checkNumbers()
        try self.limits.apply(manifest)
        try fields.readLimits(into: &self.limits)
        self.limits.apply(overrides)
        failure = try fields.failurePolicy()
        failure.apply(overrides)
        let ownLoop = try fields.truth("loop")
        isLoop = overrides.isLoop ?? ownLoop ?? false
        if !isLoop, let loop = to.first(where: from.contains) {
            throw fields.invalid(
                "it reads and writes '\(loop)', which would never end; say loop = true if it is "
                    + "meant", at: "to")
        }
        inputs = manifest?.inputs(under: overrides.inputs) ?? overrides.inputs ?? .object([:])
        state = try fields.state()
        timers = try fields.timers(state)
    }

    /// The fields that a script's table may have.
    package static let knownFields = [
        "batch", "breaker", "description", "from", "handler", "limits", "loop", "numbers",
        "on_breaker", "on_failure", "on_timer", "retry", "start", "state", "timers", "to",
    ]

    private static func repeated(in stations: [StationName]) -> StationName? {
        var seen: Set<StationName> = []
        return stations.first { !seen.insert($0).inserted }
    }
}

extension FunctionLimits {
    /// Takes over what a manifest asks for, within what the operator allows.
    fileprivate mutating func apply(_ manifest: FunctionManifest?) throws(InvalidDefinition) {
        guard let manifest, let memory = manifest.memory else { return }
        guard memory.bytes <= scriptMemoryBytesMaximum else {
            throw InvalidDefinition(
                description: "\(manifest.file)\(memory.line.map { ":\($0)" } ?? ""): 'memory' is "
                    + "\(Quantity.text(bytes: memory.bytes)); the operator lets a function ask for "
                    + "\(Quantity.text(bytes: scriptMemoryBytesMaximum)) at most "
                    + "(limits.memory_maximum)")
        }
        memoryBytes = memory.bytes
    }

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
        logRate = overrides.logRate ?? logRate
        stateBytes = overrides.stateBytes ?? stateBytes
        stateKeys = overrides.stateKeys ?? stateKeys
    }
}
