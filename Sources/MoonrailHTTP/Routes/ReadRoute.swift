import Hummingbird
import Logging
import MoonrailCore
import MoonrailRuntime
import NIOCore
import ServiceLifecycle

/// Streams a station's events as lines.
struct ReadRoute: Sendable {
    let operations: Operations
    let logger: Logger

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/v1/stations/{station}/events", access: .consume, "Reads events.",
                parameters: [
                    .from,
                    .query("limit", .number(0...UInt64.max), "The most events that are read."),
                    .partition,
                    .query("key", .text(bytesMaximum: Bounds.keyBytes), "Only events of this key."),
                    .query("follow", .flag, "Whether to go on with events that come later."),
                    .query(
                        "format", .choice(LineFormat.allCases.map(\.rawValue)),
                        "What a line has: the whole event as JSON, or its payload alone."),
                ],
                answers: [
                    RouteAnswer(
                        200, "An event a line.",
                        [
                            .lines(.message(EventLineMessage.self)),
                            RouteContent(LineFormat.data.mediaType, .bytes),
                        ])
                ])
        ) { request, context in
            try await read(try context.stationName(), request: request, context.query)
        }
    }

    private func read(
        _ station: StationName, request: Request, _ query: QueryParameters
    ) async throws -> Response {
        let format = try query.choice("format", default: LineFormat.json)
        let limit = try query.number("limit", as: UInt.self)
        let walk = try await EventWalk(
            EventWalk.Request(
                station: station, from: try StartingPoint(query.text("from") ?? "earliest"),
                partition: try query.number("partition"), key: try query.key("key"),
                limit: limit.map { Int(clamping: $0) }, follows: try query.flag("follow")),
            engine: operations.engine)
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
}

/// How far a read has come, with the lines of its last batch.
private struct LineStep: Sendable {
    var walk: EventWalk
    var writer: LineWriter
    /// Nil when there is nothing more, or nothing more just now.
    var lines: ByteBuffer?

    /// The step after this one.
    func next() async throws -> LineStep {
        var step = self
        step.lines = nil
        if let (events, count) = try await step.walk.next() {
            step.lines = step.writer.lines(of: events, count: count)
        }
        return step
    }
}

/// The lines of one read, on their way out.
private struct LineStream: Sendable {
    let first: LineStep
    let logger: Logger

    /// Writes what there is, and ends.
    func finish(into output: inout any ResponseBodyWriter) async throws {
        _ = try await writeAll(from: first, into: &output)
        try await output.finish(nil)
    }

    /// Writes what there is and what comes, until the client leaves or the server stops.
    func follow(into output: inout any ResponseBodyWriter) async throws {
        var step = try await writeAll(from: first, into: &output)
        while step.walk.goesOn, !Task.isCancelled, !Task.isShuttingDownGracefully {
            let waiting = step.walk
            await cancelWhenGracefulShutdown { await waiting.wait() }
            step = try await writeAll(from: try await next(after: step), into: &output)
        }
        try await output.finish(nil)
    }

    /// Writes this step's lines and those of all that follow.
    ///
    /// - Returns: the step that had none.
    private func writeAll(
        from step: LineStep, into output: inout any ResponseBodyWriter
    ) async throws -> LineStep {
        var step = step
        while let lines = step.lines {
            // The next batch is read and laid out while this one goes to the client.
            let written = step
            async let following = next(after: written)
            try await output.write(lines)
            step = try await following
        }
        return step
    }

    private func next(after step: LineStep) async throws -> LineStep {
        do {
            return try await step.next()
        } catch let error as EngineError {
            // The head is out: all that is left is to break off, so that nobody takes it for all.
            logger.error("a read broke off", metadata: ["error": "\(error)"])
            throw error
        }
    }
}
