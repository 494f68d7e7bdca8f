import MoonrailCore

/// What a function's shadow is: the same program under another name, with stations of its own,
/// beside the function and in its name.
struct Shadow: Sendable {
    /// Runs that wait for their commit: as few as keep it busy, so that no commit is long for those
    /// who share it.
    static let runsUnsettled = 1
    /// Events that it takes at a time at most, for the same reason.
    static let batchEvents = 128

    /// After a commit it leaves the disk to others for so many times as long as that took.
    static let rest = 2

    /// A station that the function and its shadow each have their own of.
    struct Stations: Sendable {
        let live: StationName
        let shadow: StationName
    }

    let function: FunctionName
    /// What its lanes are called.
    let name: FunctionName
    /// In the order in which the function declares them.
    let outputs: [Stations]
    let deadLetters: Stations
    /// Nil where the function keeps no state.
    let state: Stations?

    /// All of them; events of the function's are in all but the last, if it keeps state.
    var stations: [Stations] { outputs + [deadLetters] + (state.map { [$0] } ?? []) }

    /// - Parameter outputs: what the function may write.
    /// - Throws: `ResetRefused` when a name would be too long.
    init(
        of function: FunctionName, outputs: [StationName], keepsState: Bool
    ) throws(ResetRefused) {
        self.function = function
        do throws(InvalidName) {
            let name = try function.shadow()
            self.name = name
            var pairs: [Stations] = []
            for station in outputs {
                pairs.append(Stations(live: station, shadow: try station.shadow(of: function)))
            }
            self.outputs = pairs
            deadLetters = Stations(
                live: .deadLetters(of: function), shadow: .deadLetters(of: name))
            state =
                keepsState
                ? Stations(live: .stateChanges(of: function), shadow: .stateChanges(of: name))
                : nil
        } catch {
            throw ResetRefused("function '\(function)' can't have a shadow: \(error)")
        }
    }

    /// The shadow that a record tells of.
    ///
    /// - Throws: `ResetRefused` when a name would be too long.
    init(of function: FunctionName, _ record: FunctionRecord.Shadow) throws(ResetRefused) {
        try self.init(
            of: function, outputs: record.version.to.compactMap { try? StationName($0) },
            keepsState: true)
    }

    /// - Throws: `ResetRefused` when a name would be too long.
    init(of definition: FunctionDefinition) throws(ResetRefused) {
        try self.init(
            of: definition.name, outputs: definition.to, keepsState: definition.state != nil)
    }
}

extension DeployableFunction {
    /// Whether it runs as the shadow of the function whose program it has.
    var isShadow: Bool { definition.name != program.function }

    /// Events that its lanes take at a time at most.
    var batchEvents: Int {
        isShadow ? min(Shadow.batchEvents, definition.batchEvents) : definition.batchEvents
    }

    /// The same program with the names of a shadow.
    func running(as shadow: Shadow) -> DeployableFunction {
        var definition = definition
        definition.name = shadow.name
        definition.to = shadow.outputs.map(\.shadow)
        return DeployableFunction(
            definition: definition, program: program, version: version, manifest: manifest)
    }
}

extension StationCatalog {
    /// The offset that the next event of each partition gets.
    func ends(of station: StationName) async throws(EngineError) -> [UInt64] {
        try await describe(station).partitions.map(\.next)
    }
}

extension LaneStore {
    /// Whether other stations took the names of a lane's inputs, so that offsets in what it keeps
    /// are not those of the events there now.
    func hasSwappedInputs(_ lane: LaneID) async throws(EngineError) -> Bool {
        try await value(of: lane, in: .swappedInputs, key: []) != nil
    }
}
