import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Takes events into a station: one JSON document a line.
struct ProduceRoute: Sendable {
    let operations: Operations
    let turns: PartitionTurns
    let now: @Sendable () -> EventTime

    func add(to api: RouterGroup<BasicRequestContext>) {
        api.post("stations/:station/events") { request, context in
            try await produce(to: try context.stationName(), request: request)
        }
    }

    /// Answers only after everything that was accepted is on disk.
    private func produce(to station: StationName, request: Request) async throws -> Response {
        // Read first, so that whoever sends it gets to reading the answer, be it a problem.
        let body = try await IntakeBody(of: request)
        let query = try QueryParameters(of: request, known: ["key", "id"] + ExpectationQuery.names)
        let rules = EventIntake.Rules(
            keyPath: try query.fieldPath("key"), idPath: try query.fieldPath("id"),
            eventBytes: operations.eventBytes)
        let expected = try ExpectationQuery(query)
        try await makeSure(of: station)
        var intake = try EventIntake(rules: rules, time: now())
        if let expected {
            let conditional = ConditionalProduce(
                station: station, expected: expected, engine: operations.engine)
            return try JSONAnswer.response(try await conditional.append(body, &intake))
        }
        let turn = turns.next()
        while let slice = intake.nextSlice(of: body) {
            let receipts = try await operations.engine.append(
                StationAppend(station: station, records: slice.records, unkeyedPartition: turn))
            intake.note(receipts, of: slice)
        }
        return try JSONAnswer.response(intake.answer)
    }

    private func makeSure(of station: StationName) async throws {
        if operations.createsStations {
            try station.checkMayBeCreated()
            _ = try await operations.declared.makeSure(of: station, in: operations.engine)
        } else {
            _ = try await operations.engine.describe(station)
        }
    }
}
