import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

extension EngineFactory {
    /// The engine on SQLite.
    static let embedded = EngineFactory(
        capabilities: Set(EngineCapability.allCases),
        open: { directory, now in try EmbeddedEngine(directory: directory, now: now) },
        close: { engine in await (engine as? EmbeddedEngine)?.close() },
        tidy: { engine in _ = try await (engine as? EmbeddedEngine)?.tidy(.eager) })
}

extension Housekeeping {
    /// Merges whatever may be merged.
    static let eager = Housekeeping(
        hotChunks: 1, hotAge: .zero, share: 1, rest: .zero, interval: .milliseconds(1))
    /// As eager, and a few events make a segment.
    static let small = Housekeeping(hotChunks: 1, hotAge: .zero, segmentEvents: 9)
}

@Suite(.timeLimit(.minutes(5)))
struct EngineContractTests {
    @Test(arguments: EngineContract.cases(for: .embedded))
    func `the embedded engine keeps the contract`(proof: EngineCase) async throws {
        try await proof.run(.embedded)
    }
}
