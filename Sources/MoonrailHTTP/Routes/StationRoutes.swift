import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Stations: list, show, create, alter, delete.
struct StationRoutes: Sendable {
    let operations: Operations

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/v1/stations", access: .operate, "Lists all stations.",
                answers: [.list(of: StationMessage.self, "The stations, by their names.")])
        ) { _, _ in try await list() }
        routes.add(
            RouteDeclaration(
                .get, Self.path, access: .operate, "Shows a station.",
                answers: [.json(StationMessage.self, "The station.")])
        ) { _, context in try await show(try context.stationName()) }
        routes.add(
            RouteDeclaration(
                .put, Self.path, access: .admin,
                "Creates a station, unless it is there with these settings.",
                body: StationSettingsPatch.routeBody,
                answers: [
                    .json(StationMessage.self, "It was there."),
                    RouteAnswer(201, "It is new.", [.json(StationMessage.self)]),
                ], problems: [409])
        ) { request, context in try await create(try context.stationName(), request, context) }
        routes.add(
            RouteDeclaration(
                .patch, Self.path, access: .admin, "Alters a station's settings.",
                body: StationSettingsPatch.routeBody,
                answers: [.json(StationMessage.self, "The station as it is now.")],
                problems: [409])
        ) { request, context in try await alter(try context.stationName(), request, context) }
        routes.add(
            RouteDeclaration(
                .delete, Self.path, access: .admin,
                "Deletes a station that no function reads or writes, with all its events.",
                answers: [RouteAnswer(204, "It is gone.")], problems: [409])
        ) { _, context in try await delete(try context.stationName(), context) }
    }

    private static let path = "/v1/stations/{station}"

    private func list() async throws -> Response {
        let stations = try await operations.engine.stations()
        return try JSONAnswer.response(stations.map(StationMessage.init))
    }

    private func show(_ name: StationName) async throws -> Response {
        let summary = try await operations.engine.describe(name)
        var message = StationMessage(summary)
        for (number, partition) in summary.partitions.enumerated() where partition.events > 0 {
            let first = try await operations.engine.read(
                StationCursor(
                    station: name, partition: UInt32(number), offset: partition.earliest),
                bounds: ReadBounds(events: 1, bytes: 1))
            guard first.count > 0 else { continue }
            message.partitions[number].earliestTime =
                first.records.withRecord(0) { $0.time }.description
        }
        return try JSONAnswer.response(message)
    }

    /// 201 when it is new, 200 when it exists with these settings.
    private func create(
        _ name: StationName, _ request: Request, _ context: LocalRequestContext
    ) async throws -> Response {
        let wanted = try StationSettingsPatch(
            try await JSONAnswer.message(JSONValue.self, of: request))
        try name.checkMayBeCreated()
        let settings =
            wanted.isEmpty ? nil : try wanted.applied(to: StationSettings())
        let isNew = try await !exists(name)
        try await operations.engine.open(name, settings: settings)
        if isNew { await note(.stationCreated, name, context) }
        return try JSONAnswer.response(
            StationMessage(try await operations.engine.describe(name)),
            status: isNew ? .created : .ok)
    }

    private func alter(
        _ name: StationName, _ request: Request, _ context: LocalRequestContext
    ) async throws -> Response {
        let wanted = try StationSettingsPatch(
            try await JSONAnswer.message(JSONValue.self, of: request))
        let settings = try await operations.engine.describe(name).settings
        try await operations.engine.alter(name, settings: try wanted.applied(to: settings))
        await note(.stationAltered, name, context)
        return try await show(name)
    }

    private func note(
        _ deed: Audit.Deed, _ name: StationName, _ context: LocalRequestContext
    ) async {
        await operations.audit.note(deed, .station(name), by: await context.asker())
    }

    private func exists(_ name: StationName) async throws -> Bool {
        do {
            _ = try await operations.engine.describe(name)
            return true
        } catch EngineError.stationNotFound {
            return false
        }
    }

    private func delete(
        _ name: StationName, _ context: LocalRequestContext
    ) async throws -> Response {
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
        try await ConsumerGroups(engine: operations.engine).deleteAll(of: name)
        try await operations.engine.delete(name)
        await note(.stationDeleted, name, context)
        return Response(status: .noContent)
    }
}

extension StationName {
    /// - Throws: `Problem` for a name that Moonrail keeps for itself.
    func checkMayBeCreated() throws(Problem) {
        guard let prefix = reservedPrefix else { return }
        throw .badRequest("'\(text)' can't be created; names under \(prefix) are reserved")
    }
}
