import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Where an event comes from and what came of it.
struct TraceRoute: Sendable {
    let operations: Operations

    func add(to api: RouterGroup<LocalRequestContext>) {
        api.get("stations/:station/trace") { request, context in
            try await trace(try context.stationName(), request: request)
        }
    }

    private func trace(_ station: StationName, request: Request) async throws -> Response {
        let query = try QueryParameters(of: request, known: ["partition", "offset", "limit"])
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
