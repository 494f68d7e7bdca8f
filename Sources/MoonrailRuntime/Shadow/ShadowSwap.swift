import MoonrailCore

/// Has a function and its shadow exchange what they have: lanes, outputs, dead letters, state.
struct ShadowSwap {
    let shadow: Shadow
    private let function: DeployableFunction
    private let engine: any StationEngine
    private let registry: FunctionRegistry
    private let now: @Sendable () -> EventTime
    private var ownership: OutputOwnership
    let readers: ReaderMoves

    /// Makes sure that it can be done, and reads all outputs for it. Nothing need stand still yet.
    ///
    /// - Parameters:
    ///   - function: what is deployed.
    ///   - others: all other functions that are.
    /// - Throws: `ResetRefused` when it can't be done; `EngineError`.
    init(
        _ function: DeployableFunction, among others: [FunctionDefinition],
        engine: any StationEngine, registry: FunctionRegistry,
        now: @escaping @Sendable () -> EventTime
    ) async throws {
        let name = function.name
        guard let record = registry.record(of: name)?.shadow else {
            throw ResetRefused(
                "function '\(name)' has no shadow; begin one with: moonrail offset reset \(name) "
                    + "--to earliest --outputs shadow")
        }
        guard record.version.version == function.version.text else {
            throw ResetRefused(
                "the shadow is of \(name)@\(record.version.short), and \(name)@"
                    + "\(function.version) is deployed; "
                    + (record.isKept
                        ? "go back to it first: moonrail function rollback \(name) "
                            + record.version.short
                        : "begin another: moonrail replay drop \(name)"))
        }
        shadow = try Shadow(of: function.definition)
        self.function = function
        self.engine = engine
        self.registry = registry
        self.now = now
        for other in others where other.name != name {
            guard let station = shadow.outputs.first(where: { other.to.contains($0.live) })?.live
            else { continue }
            throw ResetRefused(
                "function '\(other.name)' writes into '\(station)', too; a swap would hide what "
                    + "it wrote")
        }
        readers = ReaderMoves(shadow: shadow, registry: registry, engine: engine)
        ownership = OutputOwnership(
            shadow, names: try await registry.names(of: name),
            beginnings: try await Self.beginnings(of: shadow.name, in: engine), engine: engine)
        try await checkOwnership()
    }

    /// Where the lanes of a shadow began; those of what a swap left began at the beginning.
    private static func beginnings(
        of shadow: FunctionName, in engine: any LaneStore
    ) async throws(EngineError) -> [UInt32: Position] {
        var beginnings: [UInt32: Position] = [:]
        for lane in try await engine.lanes() where lane.lane.function == shadow {
            let encoded = try await engine.value(of: lane.lane, in: .replay, key: [])
            guard let replay = encoded.flatMap({ LaneReplay(encoded: $0) }),
                replay.outputs == .shadow
            else { continue }
            beginnings[lane.lane.partition] = replay.start
        }
        return beginnings
    }

    private mutating func checkOwnership() async throws {
        // Changes of state follow the events as the outputs do.
        for station in shadow.outputs + [shadow.deadLetters] {
            let ends = try await engine.ends(of: station.live)
            try await ownership.check(station.live, to: ends)
        }
    }

    /// Where the lanes of the function and of its shadow stand, by their partitions.
    func positions() async throws -> [UInt32: (live: Position, shadow: Position)] {
        let lanes = try await engine.lanes()
        var positions: [UInt32: (live: Position, shadow: Position)] = [:]
        for live in lanes where live.lane.function == shadow.function {
            let partition = live.lane.partition
            let other = lanes.first {
                $0.lane == LaneID(function: shadow.name, partition: partition)
            }
            guard let other else {
                throw ResetRefused(
                    "the shadow has no lane \(partition); begin another: moonrail replay drop "
                        + "\(shadow.function)")
            }
            let inputs = function.definition.from
            positions[partition] = (live.position.of(inputs), other.position.of(inputs))
        }
        return positions
    }

    /// Events that one of the two has taken and the other has not.
    func eventsBetween() async throws -> UInt64 {
        try await positions().values.reduce(0) { sum, both in
            let further = both.live.further(both.shadow)
            return sum + both.live.distance(to: further) + both.shadow.distance(to: further)
        }
    }

    /// Exchanges all, in one transaction. Neither the function, nor its shadow, nor a reader of its
    /// stations may run.
    ///
    /// - Throws: `ResetRefused`, `EngineError`; nothing has changed then.
    mutating func perform(for asker: Asker) async throws {
        for (partition, both) in try await positions() where both.live != both.shadow {
            throw ResetRefused(
                "lane \(partition) of '\(shadow.function)' stands at "
                    + "\(LaneMoves.text(both.live)), its shadow at "
                    + "\(LaneMoves.text(both.shadow)); it has to catch up: ask again while a "
                    + "worker runs (moonrail run)")
        }
        if let behind = try await readers.firstBehind() {
            throw ResetRefused(
                "function '\(behind.lane.function)' has not read '\(behind.station)' up to its "
                    + "end, and would go on in another station; let it catch up")
        }
        try await checkOwnership()
        var stations: [LaneExchange.Stations] = []
        var ends: [StationName: [UInt64]] = [:]
        for pair in shadow.stations {
            let settings = try await engine.describe(pair.live).settings
            try await engine.alter(pair.shadow, settings: settings)
            let secondEnds = try await engine.ends(of: pair.shadow)
            var firstEnds = ownership.ends[pair.live]
            if firstEnds == nil { firstEnds = try await engine.ends(of: pair.live) }
            ends[pair.shadow] = secondEnds
            stations.append(
                LaneExchange.Stations(
                    pair.live, pair.shadow, firstEnds: firstEnds ?? [], secondEnds: secondEnds))
        }
        let exchange = LaneExchange(
            shadow.function, shadow.name, stations: stations,
            settlements: try await readers.settlements(to: ends))
        try await registry.swap(
            FunctionChange(
                .swapped, shadow.function, because: asker.because, by: asker, at: now()),
            exchange, at: now())
    }
}

extension Position {
    /// What it says of these stations.
    func of(_ stations: [StationName]) -> Position {
        Position(offsets.filter { stations.contains($0.key) })
    }

    /// For each station the further of both.
    func further(_ other: Position) -> Position {
        Position(offsets.merging(other.offsets) { max($0, $1) })
    }

    /// Offsets from here to there.
    func distance(to other: Position) -> UInt64 {
        other.offsets.reduce(0) { $0 + $1.value - min($1.value, self[$1.key]) }
    }
}
