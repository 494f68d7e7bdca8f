import Hummingbird
import MoonrailCore
import NIOCore
import ServiceLifecycle

/// Some of a station's events as one document.
struct EventPage {
    /// Events of one page, unless it is asked for fewer or more.
    static let events = 100
    /// Most events of one page.
    static let eventsMaximum = 1_000
    /// After so many bytes a page ends; one larger event still makes one.
    static let bytesMaximum = 4 << 20
    /// How long somebody may wait for the first event: below the patience of proxies.
    static let waitMaximum = Duration.seconds(60)

    /// The parameter that says how long to wait.
    static let wait = RouteParameter.query(
        "wait", .text(), "How long a page waits for its first event, such as `30s`; at most 60s.")

    /// The events, a line each.
    private var lines = ByteBuffer()
    private(set) var walk: EventWalk
    private var writer: LineWriter

    /// Takes what there is; when there is nothing, waits for it.
    ///
    /// Whoever leaves meanwhile is waited for all the same: to notice would cost the connection of
    /// those who stay.
    ///
    /// - Parameter walk: of at most `eventsMaximum` events; it follows.
    /// - Throws: `Problem` when its position can't be told; as `EventWalk.next`.
    init(_ walk: EventWalk, format: LineFormat, wait: Duration) async throws {
        try walk.position.checkCanBeTold()
        self.walk = walk
        writer = LineWriter(format: format)
        let clock = ContinuousClock()
        let deadline = clock.now + wait
        try await fill()
        while lines.readableBytes == 0, clock.now < deadline, !Task.isCancelled,
            !Task.isShuttingDownGracefully
        {
            await self.walk.wait(atMost: deadline - clock.now)
            try await fill()
        }
    }

    private mutating func fill() async throws {
        while lines.readableBytes < Self.bytesMaximum, let (events, count) = try await walk.next() {
            var batch = writer.lines(of: events, count: count)
            lines.writeBuffer(&batch)
        }
    }

    /// The position behind the last event.
    var next: ReadPosition { walk.position }

    /// The document: an array with the events, or an object that has one and `next`.
    ///
    /// - Parameters:
    ///   - isArray: whether it is to be an array alone.
    ///   - position: of a group that the page is for; nil when it is for none.
    func response(isArray: Bool, position: ReadPosition? = nil) -> Response {
        var body = ByteBuffer()
        body.reserveCapacity(lines.readableBytes + 256)
        body.writeString(isArray ? "[" : #"{"events":["#)
        var array = lines
        // A line end can only stand behind an event: it becomes what stands between two.
        array.withUnsafeMutableReadableBytes { bytes in
            for index in bytes.indices.dropLast() where bytes[index] == 0x0A {
                bytes[index] = UInt8(ascii: ",")
            }
        }
        body.writeBuffer(&array)
        body.writeString("]")
        if !isArray {
            body.writeString(#","next":"\#(next)""#)
            if let position { body.writeString(#","position":"\#(position)""#) }
            body.writeString("}")
        }
        body.writeString("\n")
        var headers = HTTPFields()
        headers[.contentType] =
            isArray ? "application/cloudevents-batch+json" : "application/json"
        headers[.moonrailNext] = next.description
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

extension QueryParameters {
    /// The parameter `wait`: how long to wait for the first event.
    func wait() throws(Problem) -> Duration {
        guard let text = text("wait") else { return .zero }
        guard let wait = Quantity.duration(text), (.zero...EventPage.waitMaximum).contains(wait)
        else {
            throw .badRequest("'wait' is '\(text)'; it must be a duration such as 30s, at most 60s")
        }
        return wait
    }

    /// The parameter `limit` of a page.
    func pageLimit() throws(Problem) -> Int {
        let limit = try number("limit", as: UInt.self).map { Int(clamping: $0) }
        return min(limit ?? EventPage.events, EventPage.eventsMaximum)
    }
}
