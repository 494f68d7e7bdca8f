import MoonrailCore
import Testing

/// What every storage engine does, as cases that run against any of them.
///
/// A case opens engines of its own, so that cases may run side by side.
package enum EngineContract {
    /// The cases that an engine with these capabilities must pass.
    package static func cases(for factory: EngineFactory) -> [EngineCase] {
        cases(with: factory.capabilities)
    }

    /// The cases that an engine with these capabilities must pass.
    package static func cases(with capabilities: Set<EngineCapability>) -> [EngineCase] {
        let all =
            catalogCases + appendCases + duplicateCases + expectationCases + readCases
            + seekCases + waitCases + claimCases + settlementCases + conflictCases + laneCases
            + reopeningCases + modelCases + alterCases + retentionCases + keyCases + renameCases
            + exchangeCases
        return all.filter { $0.needs.isSubset(of: capabilities) }
    }
}

/// What not every engine can do; cases that need it say so.
package enum EngineCapability: Hashable, Sendable, CaseIterable {
    /// Offsets of a partition count its events from 0.
    case gaplessOffsets
    /// A settlement is written as a whole or not at all.
    case oneTransaction
    /// `appended_at` comes from the clock that the factory is given.
    case givenTime
    /// It tells how many ids a station knows.
    case countedWindow
    /// Functions and stations can get other names.
    case renaming
}

/// Opens the engine that is tested.
package struct EngineFactory: Sendable {
    package typealias Now = @Sendable () -> EventTime

    package let capabilities: Set<EngineCapability>
    /// Opens an engine over the data in a directory of the test.
    package let open:
        @Sendable (_ directory: String, _ now: @escaping Now) throws -> any StationEngine
    package let close: @Sendable (any StationEngine) async -> Void
    /// Has the engine do at once what it does in the background: remove what is not kept, and
    /// rearrange what is.
    package let tidy: @Sendable (any StationEngine) async throws -> Void

    package init(
        capabilities: Set<EngineCapability>,
        open: @escaping @Sendable (String, @escaping Now) throws -> any StationEngine,
        close: @escaping @Sendable (any StationEngine) async -> Void,
        tidy: @escaping @Sendable (any StationEngine) async throws -> Void
    ) {
        self.capabilities = capabilities
        self.open = open
        self.close = close
        self.tidy = tidy
    }
}

/// One sentence of the contract with its proof.
package struct EngineCase: Sendable, CustomTestStringConvertible {
    package let testDescription: String
    let needs: Set<EngineCapability>
    private let body: @Sendable (EngineBench) async throws -> Void

    init(
        _ sentence: String, needs: Set<EngineCapability> = [],
        _ body: @escaping @Sendable (EngineBench) async throws -> Void
    ) {
        testDescription = sentence
        self.needs = needs
        self.body = body
    }

    package func run(_ factory: EngineFactory) async throws {
        let bench = try EngineBench(factory)
        do {
            try await body(bench)
        } catch {
            await bench.close()
            throw error
        }
        await bench.close()
    }
}
