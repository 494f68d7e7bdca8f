import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Takes events into a station: one JSON document a line.
struct ProduceRoute: Sendable {
    let operations: Operations
    let turns: PartitionTurns
    let now: @Sendable () -> EventTime

    func add(to api: RouterGroup<LocalRequestContext>) {
        api.post("stations/:station/events") { request, context in
            try await produce(to: try context.stationName(), request: request)
        }
    }

    /// Answers only after everything that was accepted is on disk.
    private func produce(to station: StationName, request: Request) async throws -> Response {
        var stream = IntakeStream(of: request)
        do {
            return try JSONAnswer.response(try await append(&stream, to: station, request))
        } catch {
            await stream.discard()
            throw error
        }
    }

    private func append(
        _ stream: inout IntakeStream, to station: StationName, _ request: Request
    ) async throws -> ProduceAnswer {
        try stream.checkLength()
        let query = try QueryParameters(
            of: request, known: ["key", "id", "time"] + ExpectationQuery.names)
        let rules = EventIntake.Rules(
            keyPath: try query.fieldPath("key"), idPath: try query.fieldPath("id"),
            timePath: try query.fieldPath("time"), eventBytes: operations.eventBytes)
        let expected = try ExpectationQuery(query)
        try await makeSure(of: station)
        var intake = try EventIntake(rules: rules, time: now())
        if let expected {
            let conditional = ConditionalProduce(
                station: station, expected: expected, engine: operations.engine)
            return try await conditional.append(&stream, &intake)
        }
        let turn = turns.next()
        var next = try await Self.nextSlice(of: &stream, &intake)
        while let slice = next {
            // While these events are on their way to disk, the next ones come and are checked. One
            // append follows the other, so that the station has the order of the lines.
            async let receipts = operations.engine.append(
                StationAppend(station: station, records: slice.records, unkeyedPartition: turn))
            next = try await Self.nextSlice(of: &stream, &intake)
            intake.note(try await receipts, of: slice)
        }
        return intake.answer
    }

    private static func nextSlice(
        of stream: inout IntakeStream, _ intake: inout EventIntake
    ) async throws -> EventIntake.Slice? {
        while true {
            if let slice = intake.nextSlice(of: &stream.body) { return slice }
            guard try await stream.fill() else { return nil }
        }
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
