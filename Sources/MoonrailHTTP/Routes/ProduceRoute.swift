import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Takes events into a station: one JSON document a line.
struct ProduceRoute: Sendable {
    let operations: Operations
    let turns: PartitionTurns
    let now: @Sendable () -> EventTime

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .post, "/v1/stations/{station}/events", access: .produce,
                "Appends events; answers when they are on disk.",
                parameters: Self.fields + Self.expectation + [Self.trace],
                body: RouteBody([.lines(.any)], bytesMaximum: IntakeBounds.bodyBytes),
                answers: [.json(ProduceAnswer.self, "What became of the lines.")],
                problems: [409, 412])
        ) { request, context in
            try await produce(to: try context.stationName(), request: request, context.query)
        }
    }

    private static let fields = [
        ("key", "The path of the field that is an event's key, such as `order.customer`."),
        ("id", "The path of the field that is an event's id: it is stored once."),
        ("time", "The path of the field that tells when it happened."),
    ].map { RouteParameter.query($0, .text(bytesMaximum: IntakeBounds.pathBytes), $1) }

    private static let trace = RouteParameter.header(
        TraceParent.headerName, .text(),
        "The trace that the events are produced in (W3C Trace Context); one that is none is "
            + "passed over.")

    private static let expectation: [RouteParameter] = [
        .query(
            "expect_last", .text(),
            "The offset that the partition's or the key's last event must have, or `none`; "
                + "nothing is appended otherwise."),
        .query(
            "expect_key", .text(bytesMaximum: Bounds.keyBytes),
            "The key whose last event is meant."),
        .query("partition", .number(), "The partition whose last event is meant."),
    ]

    /// Answers only after everything that was accepted is on disk.
    private func produce(
        to station: StationName, request: Request, _ query: QueryParameters
    ) async throws -> Response {
        var stream = IntakeStream(of: request)
        do {
            return try JSONAnswer.response(try await append(&stream, to: station, request, query))
        } catch {
            await stream.discard()
            throw error
        }
    }

    private func append(
        _ stream: inout IntakeStream, to station: StationName, _ request: Request,
        _ query: QueryParameters
    ) async throws -> ProduceAnswer {
        try stream.checkLength()
        let rules = EventIntake.Rules(
            keyPath: try query.fieldPath("key"), idPath: try query.fieldPath("id"),
            timePath: try query.fieldPath("time"), eventBytes: operations.eventBytes,
            trace: request.headers[.traceParent].flatMap(TraceParent.init))
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
        // Also where it exists: what Moonrail says there, nobody else is to say.
        try station.checkMayBeCreated()
        if operations.createsStations {
            _ = try await operations.declared.makeSure(of: station, in: operations.engine)
        } else {
            _ = try await operations.engine.describe(station)
        }
    }
}
