import Hummingbird
import Logging
import MoonrailCore
import NIOCore
import ServiceLifecycle

/// A station's events as server-sent events (https://html.spec.whatwg.org, section 9.2). The id of
/// each is the position behind it, so that a client that comes back with it goes on there.
struct EventStream: Sendable {
    /// While nothing comes, this often a comment tells the client, and what is in between, that the
    /// connection lives.
    static let heartbeat = Duration.seconds(15)
    /// When a browser comes back after a stream broke off, milliseconds.
    private static let retry = 1_000

    let walk: EventWalk
    let format: LineFormat
    let logger: Logger

    func response(to request: Request) -> Response {
        let stream = self
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { output in
                // Only this tells when a client leaves while there is nothing to send it.
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await stream.follow(into: &output)
                }
            })
    }

    /// Writes what there is and what comes, a batch at a time and as fast as the client reads,
    /// until it leaves or the server stops.
    private func follow(into output: inout any ResponseBodyWriter) async throws {
        var walk = walk
        var writer = LineWriter(format: format)
        // An event without data only sets the id: a client knows its place before the first event.
        try await output.write(
            ByteBuffer(string: "retry: \(Self.retry)\nid: \(walk.position)\n\n"))
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let before = walk.position
            guard let (events, count) = try await next(of: &walk) else {
                guard walk.goesOn else { break }
                let start = ContinuousClock.now
                await walk.wait(atMost: Self.heartbeat)
                if ContinuousClock.now - start >= Self.heartbeat {
                    try await output.write(ByteBuffer(string: ":\n\n"))
                }
                continue
            }
            let lines = writer.lines(of: events, count: count)
            try await output.write(Self.messages(lines, of: events, behind: before))
        }
        try await output.finish(nil)
    }

    private func next(of walk: inout EventWalk) async throws -> (events: StoredEvents, count: Int)?
    {
        do {
            return try await walk.next()
        } catch let error as EngineError {
            logger.error("an event stream broke off", metadata: ["error": "\(error)"])
            throw error
        }
    }

    /// Each line with the position behind its event.
    static func messages(
        _ lines: ByteBuffer, of events: StoredEvents, behind position: ReadPosition
    ) -> ByteBuffer {
        var others = position
        others.offsets[events.partition] = nil
        // Partitions stand in their order; only one of them moves.
        let lower = ReadPosition(others.offsets.filter { $0.key < events.partition }).description
        let upper = ReadPosition(others.offsets.filter { $0.key > events.partition }).description
        let start = "id: " + lower + (lower.isEmpty ? "" : ",") + "\(events.partition):"
        let end = (upper.isEmpty ? "" : ",") + upper + "\ndata: "
        var lines = lines
        var messages = ByteBuffer()
        var index = 0
        while let length = lines.readableBytesView.firstIndex(of: 0x0A).map({
            $0 - lines.readerIndex + 1
        }), var line = lines.readSlice(length: length) {
            messages.writeString(start + String(events.offsets[index] + 1) + end)
            messages.writeBuffer(&line)
            messages.writeInteger(UInt8(0x0A))
            index += 1
        }
        return messages
    }
}
