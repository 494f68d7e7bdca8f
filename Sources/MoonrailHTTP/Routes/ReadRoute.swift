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

    func add(to api: RouterGroup<BasicRequestContext>) {
        api.get("stations/:station/events") { request, context in
            try await read(try context.stationName(), request: request)
        }
    }

    private func read(_ station: StationName, request: Request) async throws -> Response {
        let query = try QueryParameters(
            of: request, known: ["from", "limit", "partition", "key", "follow", "format"])
        let format = try query.choice("format", default: LineFormat.json)
        let limit = try query.number("limit", as: UInt.self)
        var walk = try await EventWalk(
            EventWalk.Request(
                station: station, from: try StartingPoint(query.text("from") ?? "earliest"),
                partition: try query.number("partition"), key: try query.key("key"),
                limit: limit.map { Int(clamping: $0) }, follows: try query.flag("follow")),
            engine: operations.engine)
        // What can't be read at all is answered as a problem, so the first batch is read here.
        var writer = LineWriter(format: format)
        let first = try await walk.next().map { writer.lines(of: $0.events, count: $0.count) }
        let stream = LineStream(walk: walk, writer: writer, first: first, logger: logger)
        return Response(
            status: .ok, headers: [.contentType: format.mediaType],
            body: ResponseBody { output in
                if stream.walk.goesOn {
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

/// The lines of one read, on their way out.
private struct LineStream: Sendable {
    let walk: EventWalk
    let writer: LineWriter
    let first: ByteBuffer?
    let logger: Logger

    /// Writes what there is, and ends.
    func finish(into output: inout any ResponseBodyWriter) async throws {
        var walk = walk
        if let first { try await output.write(first) }
        try await writeAll(from: &walk, into: &output)
        try await output.finish(nil)
    }

    /// Writes what there is and what comes, until the client leaves or the server stops.
    func follow(into output: inout any ResponseBodyWriter) async throws {
        var walk = walk
        if let first { try await output.write(first) }
        try await writeAll(from: &walk, into: &output)
        while walk.goesOn, !Task.isCancelled, !Task.isShuttingDownGracefully {
            let waiting = walk
            await cancelWhenGracefulShutdown { await waiting.wait() }
            try await writeAll(from: &walk, into: &output)
        }
        try await output.finish(nil)
    }

    private func writeAll(
        from walk: inout EventWalk, into output: inout any ResponseBodyWriter
    ) async throws {
        var writer = writer
        do {
            while let (events, count) = try await walk.next() {
                try await output.write(writer.lines(of: events, count: count))
            }
        } catch let error as EngineError {
            // The head is out: all that is left is to break off, so that nobody takes it for all.
            logger.error("a read broke off", metadata: ["error": "\(error)"])
            throw error
        }
    }
}
