import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Where an event comes from and what came of it.
struct TraceRoute: Sendable {
    let operations: Operations

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/v1/stations/{station}/trace", access: .operate,
                "Tells where an event comes from and what came of it.",
                parameters: [
                    .partition,
                    .query(
                        "offset", .number(0...UInt64.max), "Which event is meant.",
                        isRequired: true),
                    .query(
                        "limit", .number(1...UInt64(Lineage.eventsMaximum)),
                        "The most events that the answer tells of."),
                ], answers: [.json(TraceMessage.self, "The event with its causes and effects.")])
        ) { _, context in try await trace(try context.stationName(), context.query) }
    }

    private func trace(
        _ station: StationName, _ query: QueryParameters
    ) async throws -> Response {
        guard let offset: UInt64 = try query.number("offset") else {
            throw Problem.badRequest("'offset' is missing; say which event")
        }
        let most = UInt(Lineage.eventsMaximum)
        let limit: UInt = try query.number("limit") ?? most
        guard (1...most).contains(limit) else {
            throw Problem.badRequest("'limit' is \(limit); it must be 1 to \(most)")
        }
        let place = StationCursor(
            station: station, partition: try query.number("partition") ?? 0, offset: offset)
        do {
            let trace = try await operations.lineage.trace(place, limit: Int(limit))
            return try JSONAnswer.response(TraceMessage(trace))
        } catch let absent as EventNotHeld {
            throw Problem.eventNotHeld(absent.description)
        }
    }
}
