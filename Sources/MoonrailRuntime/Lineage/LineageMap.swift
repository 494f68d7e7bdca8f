import MoonrailCore

/// Which functions ever read and wrote which stations: from all that was deployed, and from the
/// positions of lanes.
struct LineageMap: Sendable {
    struct Function: Sendable {
        /// What it was called when it made its events.
        var names: Set<FunctionName> = []
        var reads: Set<StationName> = []
        /// What its latest version reads.
        var readsNow: Set<StationName> = []
        var writes: Set<StationName> = []
        var isRemoved = false
        /// Whether what it writes is on record.
        var isRecorded = false
    }

    private(set) var functions: [FunctionName: Function] = [:]
    private(set) var lanes: [LaneID: LaneSummary] = [:]
    private var formerNames: [StationName: Set<StationName>] = [:]
    private var latestNames: [StationName: StationName] = [:]

    /// - Throws: `EngineError`.
    init(_ engine: any StationEngine) async throws(EngineError) {
        var functions: [FunctionName: Function] = [:]
        try await FunctionRegistry.forEach(in: engine) { Self.take($0, &functions) }
        for lane in try await engine.lanes() {
            let name = lane.lane.function
            // What comes of a shadow is nobody's cause before it is the function's own, and of a
            // consumer group nothing comes that is known here.
            if name.isShadow || name.isConsumerGroup { continue }
            functions[name, default: Function(names: [name])].reads
                .formUnion(lane.position.offsets.keys)
            lanes[lane.lane] = lane
        }
        self.functions = functions
        for (name, function) in functions {
            for own in [StationName.deadLetters, StationName.stateChanges] {
                let all = Set(function.names.map(own))
                formerNames[own(name)] = all
                for station in all where station != own(name) { latestNames[station] = own(name) }
            }
        }
    }

    /// The function whose dead letters a station holds; nil for other stations.
    func owner(of station: StationName) -> FunctionName? {
        functions.keys.first { .deadLetters(of: $0) == station }
    }

    /// What a station was called in causes and journals: stations of a function's own take its name
    /// when it is renamed.
    func names(of station: StationName) -> Set<StationName> {
        (formerNames[station] ?? []).union([station])
    }

    /// What a station that a cause names is called now.
    func latestName(of station: StationName) -> StationName {
        // Another function may have taken the name since.
        formerNames[station] == nil ? latestNames[station] ?? station : station
    }

    /// The functions that read a station, or did, in the order of their names.
    func readers(of station: StationName) -> [(name: FunctionName, function: Function)] {
        let names = names(of: station)
        return functions.filter { !$0.value.reads.isDisjoint(with: names) }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func take(
        _ change: FunctionChange, _ functions: inout [FunctionName: Function]
    ) {
        guard let name = try? FunctionName(change.function) else { return }
        if let before = change.before.flatMap({ try? FunctionName($0) }) {
            functions[name] = functions.removeValue(forKey: before)
        }
        var function = functions[name] ?? Function()
        function.names.insert(name)
        function.isRemoved = change.change == .removed
        if let version = change.version {
            function.isRecorded = true
            function.readsNow = Set(version.from.compactMap { try? StationName($0) })
            function.reads.formUnion(function.readsNow)
            function.writes.formUnion(version.to.compactMap { try? StationName($0) })
        }
        functions[name] = function
    }
}
