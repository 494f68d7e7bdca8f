import MoonrailCore

/// Makes sure that the stations of functions are there.
struct StationOpener: Sendable {
    let engine: any StationEngine
    let settings: Worker.Settings

    /// Functions whose stations are opened at the same time: what they create shares flushes.
    private static let openingsAtOnce = 64

    /// Opens the stations of all functions, and answers how many lanes each has, or why none.
    func open(
        for functions: [DeployableFunction]
    ) async -> [FunctionName: Result<UInt32, any Error>] {
        await withTaskGroup(of: (FunctionName, Result<UInt32, any Error>).self) { group in
            var opened: [FunctionName: Result<UInt32, any Error>] = [:]
            for (number, function) in functions.enumerated() {
                if number >= Self.openingsAtOnce, let (name, result) = await group.next() {
                    opened[name] = result
                }
                group.addTask {
                    do {
                        let lanes = try await open(for: function.definition)
                        return (function.name, .success(lanes))
                    } catch {
                        return (function.name, .failure(error))
                    }
                }
            }
            for await (name, result) in group { opened[name] = result }
            return opened
        }
    }

    /// Makes sure that the function's stations are there, and answers how many lanes it has.
    private func open(for definition: FunctionDefinition) async throws -> UInt32 {
        var counts: [StationName: UInt32] = [:]
        for station in definition.from { counts[station] = try await open(station).partitions }
        for station in definition.to { try await open(station) }
        // A dead-letter station is needed whatever the setting: the line must not stop for it.
        try await engine.open(.deadLetters(of: definition.name), settings: nil)
        guard let first = counts[definition.from[0]], counts.values.allSatisfy({ $0 == first })
        else {
            let list = counts.sorted { $0.key < $1.key }.map { "\($0.key) has \($0.value)" }
            throw InvalidDeployment(
                description: "its input stations must have equal numbers of partitions; "
                    + list.joined(separator: ", "))
        }
        return first
    }

    @discardableResult
    private func open(_ station: StationName) async throws(EngineError) -> StationSettings {
        if settings.createsStations {
            return try await settings.stations.makeSure(of: station, in: engine)
        }
        return try await engine.describe(station).settings
    }
}

/// A function that compiles but can't run over the stations as they are.
struct InvalidDeployment: Error, CustomStringConvertible {
    let description: String
}
