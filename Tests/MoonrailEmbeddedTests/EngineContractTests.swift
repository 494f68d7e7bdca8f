import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

extension EngineFactory {
    /// The engine on SQLite.
    static let embedded = EngineFactory(
        capabilities: Set(EngineCapability.allCases),
        open: { directory, now in try EmbeddedEngine(directory: directory, now: now) },
        close: { engine in await (engine as? EmbeddedEngine)?.close() })
}

@Suite(.timeLimit(.minutes(5)))
struct EngineContractTests {
    @Test(arguments: EngineContract.cases(for: .embedded))
    func `the embedded engine keeps the contract`(proof: EngineCase) async throws {
        try await proof.run(.embedded)
    }
}
