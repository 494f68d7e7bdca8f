import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Stations: list, show, create, delete.
struct StationRoutes: Sendable {
    let operations: Operations

    func add(to api: RouterGroup<BasicRequestContext>) {
        api.get("stations") { _, _ in try await list() }
        api.get("stations/:station") { _, context in
            try await show(try context.stationName())
        }
        api.put("stations/:station") { request, context in
            try await create(try context.stationName(), request: request)
        }
        api.delete("stations/:station") { _, context in
            try await delete(try context.stationName())
        }
    }

    private func list() async throws -> Response {
        let stations = try await operations.engine.stations()
        return try JSONAnswer.response(stations.map(StationMessage.init))
    }

    private func show(_ name: StationName) async throws -> Response {
        let summary = try await operations.engine.describe(name)
        return try JSONAnswer.response(StationMessage(summary))
    }

    /// 201 when it is new, 200 when it exists with these settings.
    private func create(_ name: StationName, request: Request) async throws -> Response {
        let wanted = try await JSONAnswer.message(StationSettingsMessage.self, of: request)
        try name.checkMayBeCreated()
        if let partitions = wanted.partitions {
            guard (1...UInt32(Bounds.partitions)).contains(partitions) else {
                throw Problem.badRequest(
                    "'partitions' is \(partitions); it must be 1 to \(Bounds.partitions)")
            }
        }
        let isNew = try await !exists(name)
        try await operations.engine.open(
            name, settings: wanted.partitions.map { StationSettings(partitions: $0) })
        return try JSONAnswer.response(
            StationMessage(try await operations.engine.describe(name)),
            status: isNew ? .created : .ok)
    }

    private func exists(_ name: StationName) async throws -> Bool {
        do {
            _ = try await operations.engine.describe(name)
            return true
        } catch EngineError.stationNotFound {
            return false
        }
    }

    private func delete(_ name: StationName) async throws -> Response {
        // A station that does not exist is not found even when a function names it.
        _ = try await operations.engine.describe(name)
        for function in await operations.functions.functions() {
            guard let definition = function.definition else { continue }
            if definition.from.contains(name) || definition.to.contains(name)
                || name == .deadLetters(of: function.name)
            {
                throw Problem.stationInUse(name, by: function.name)
            }
        }
        try await operations.engine.delete(name)
        return Response(status: .noContent)
    }
}

extension StationName {
    /// - Throws: `Problem` for a name that Moonrail keeps for itself.
    func checkMayBeCreated() throws(Problem) {
        guard isReserved else { return }
        throw .badRequest("'\(text)' can't be created; names under moonrail. are reserved")
    }
}
