import MoonrailCore

/// Ends a function's shadow, or removes what a swap left.
struct ShadowDrop {
    private let shadow: Shadow
    private let engine: any StationEngine
    private let registry: FunctionRegistry
    private let now: @Sendable () -> EventTime

    /// - Throws: `ResetRefused` when there is none.
    init(
        of name: FunctionName, engine: any StationEngine, registry: FunctionRegistry,
        now: @escaping @Sendable () -> EventTime
    ) throws(ResetRefused) {
        guard let record = registry.record(of: name)?.shadow else {
            throw ResetRefused("function '\(name)' has no shadow")
        }
        shadow = try Shadow(of: name, record)
        self.engine = engine
        self.registry = registry
        self.now = now
    }

    /// Records that it is no more: from then on no worker runs it.
    ///
    /// - Throws: `EngineError`.
    func record(for asker: Asker) async throws(EngineError) -> FunctionChange {
        let change = FunctionChange(
            .shadowDropped, shadow.function, because: asker.because, by: asker, at: now())
        try await registry.record([change], at: now())
        return change
    }

    /// Removes what it had, when its lanes have ended. What is left when this is broken off is
    /// removed by the next shadow's beginning.
    ///
    /// - Throws: `EngineError`.
    func perform() async throws(EngineError) {
        try await engine.arrange(
            .remove(shadow.name, stations: shadow.stations.map(\.shadow)), telling: [])
    }

    /// - Throws: `ResetRefused` while the function has a shadow that runs, or what a swap left.
    static func expectNone(
        of name: FunctionName, in registry: FunctionRegistry
    ) throws(ResetRefused) {
        guard let shadow = registry.record(of: name)?.shadow else { return }
        throw ResetRefused(
            shadow.isKept
                ? "what a swap left of '\(name)' is still there, to take it back; end that first: "
                    + "moonrail replay drop \(name)"
                : "'\(name)' has a shadow; swap it, or end it: moonrail replay drop \(name)")
    }
}
