import Hummingbird
import Logging
import MoonrailCore
import MoonrailRuntime
import NIOCore

/// Reads a station's events: as lines, pages, batches of CloudEvents, or server-sent events.
struct ReadRoute: Sendable {
    let operations: Operations
    let logger: Logger

    func add(to routes: inout RouteTable) {
        routes.add(Self.declaration) { request, context in
            try await read(try context.stationName(), request: request, context.query)
        }
    }

    private static let declaration = RouteDeclaration(
        .get, "/v1/stations/{station}/events", access: .consume,
        "Reads events, in the form that the client accepts.",
        parameters: [
            .query(
                "from", .text(),
                "Where to begin: `earliest`, `latest`, `-N` (the last N events), an offset, a time "
                    + "such as 2026-01-31T08:00:00Z, or a position such as `0:17,1:5`."),
            .query("limit", .number(0...UInt64.max), "The most events that are read."),
            .partition,
            .query("key", .text(bytesMaximum: Bounds.keyBytes), "Only events of this key."),
            .query("follow", .flag, "Whether lines go on with events that come later."),
            .query(
                "format", .choice(LineFormat.allCases.map(\.rawValue)),
                "What a line has: all that is known of an event, its payload alone, or a "
                    + "CloudEvent."),
            EventPage.wait,
            .header(
                "last-event-id", .text(), "Where an event stream goes on, instead of `from`."),
        ],
        answers: [
            RouteAnswer(
                200, "The events.",
                [
                    .lines(.oneOf([.message(EventLineMessage.self), CloudEventSchema.event])),
                    RouteContent(LineFormat.data.mediaType, .bytes),
                    .json(EventPageMessage.self),
                    RouteContent(
                        "application/cloudevents-batch+json", .list(CloudEventSchema.event)),
                    RouteContent("text/event-stream", .text()),
                ])
        ], problems: [406])

    private func read(
        _ station: StationName, request: Request, _ query: QueryParameters
    ) async throws -> Response {
        let form = try ReadForm(request, query)
        let follows = try query.flag("follow")
        switch form {
        case .lines(let format):
            guard query.text("wait") == nil else {
                throw Problem.badRequest(
                    "'wait' is for pages; accept application/json, or give follow=true")
            }
            return try await lines(
                try await walk(station, request, query, limit: try query.limit(), follows: follows),
                format, request)
        case .page, .cloudEventBatch:
            guard !follows else { throw Self.followsWithoutEnd }
            let isBatch = form == .cloudEventBatch
            let walk = try await walk(
                station, request, query, limit: try query.pageLimit(), follows: true)
            let page = try await EventPage(
                walk, format: isBatch ? .cloudevents : .json, wait: try query.wait())
            return page.response(isArray: isBatch)
        case .stream(let format):
            guard query.text("wait") == nil else {
                throw Problem.badRequest("an event stream has no end to wait for")
            }
            let walk = try await walk(
                station, request, query, limit: try query.limit(), follows: true)
            try walk.position.checkCanBeTold()
            return EventStream(walk: walk, format: format, logger: logger).response(to: request)
        }
    }

    /// Where the read begins: behind the last event that a stream's client has, or at `from`.
    private func walk(
        _ station: StationName, _ request: Request, _ query: QueryParameters, limit: Int?,
        follows: Bool
    ) async throws -> EventWalk {
        let from = query.text("from") ?? "earliest"
        let position: ReadPosition? =
            if let last = request.headers[.lastEventID], !last.isEmpty {
                try ReadPosition.read(last)
            } else {
                ReadPosition(from)
            }
        let walk = try await EventWalk(
            EventWalk.Request(
                station: station,
                from: position == nil ? try StartingPoint(from) : .earliest,
                position: position, partition: try query.number("partition"),
                key: try query.key("key"), limit: limit, follows: follows),
            engine: operations.engine)
        return walk
    }

    private func lines(
        _ walk: EventWalk, _ format: LineFormat, _ request: Request
    ) async throws -> Response {
        // What can't be read at all is answered as a problem, so the first batch is read here.
        let step = try await LineStep(walk: walk, writer: LineWriter(format: format)).next()
        let stream = LineStream(first: step, logger: logger)
        return Response(
            status: .ok, headers: [.contentType: format.mediaType],
            body: ResponseBody { output in
                if stream.first.walk.goesOn {
                    // Only this tells when a client leaves while there is nothing to send it.
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await stream.follow(into: &output)
                    }
                } else {
                    try await stream.finish(into: &output)
                }
            })
    }

    private static let followsWithoutEnd = Problem.badRequest(
        "what is followed has no end, and a page has one; wait for it with 'wait', or accept "
            + "application/x-ndjson or text/event-stream")
}

extension QueryParameters {
    /// The parameter `limit` of a read without pages.
    fileprivate func limit() throws(Problem) -> Int? {
        try number("limit", as: UInt.self).map { Int(clamping: $0) }
    }
}
