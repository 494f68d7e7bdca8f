/// The requests to one host, in order: which is sent next, whose reply is next, and when it is due.
///
/// A pure value. Replies come in the order of the requests, since a host reads one after another.
/// It holds one request for each caller that waits, and a lane has a few of them at most.
package struct RequestQueue<Caller, Instant: InstantProtocol>
where Instant.Duration == Duration {
    /// Requests that are sent before their replies are there: with two a host works while the
    /// worker looks at what the one before came to.
    private let inFlightMaximum: Int
    private var requests: [Request] = []
    /// Requests that were handed over to be sent and have no reply yet.
    package private(set) var inFlight = 0
    private var nextEpoch: UInt32 = 0

    /// One request, from its adding to its reply.
    private struct Request {
        let caller: Caller
        let epoch: UInt32
        let timeout: Duration
        /// Empty once it was handed over to be sent.
        var frame: [UInt8]
        /// Known once it is its host's turn to answer it.
        var due: Instant?
        /// Times that it was given once more.
        var extensions = 0
    }

    /// - Parameter inFlightMaximum: at least one.
    package init(inFlightMaximum: Int = 1) {
        self.inFlightMaximum = inFlightMaximum
    }

    /// Whether nobody waits.
    package var isEmpty: Bool { requests.isEmpty }

    /// Adds a request behind the others and gives it the next epoch; the first one's is 0.
    ///
    /// - Parameter frame: a whole frame, or empty when the host answers without being asked.
    package mutating func add(
        _ frame: consuming [UInt8], within timeout: Duration, for caller: Caller
    ) {
        if !frame.isEmpty { HostFrames.setEpoch(nextEpoch, of: &frame) }
        requests.append(
            Request(caller: caller, epoch: nextEpoch, timeout: timeout, frame: frame))
        nextEpoch &+= 1
    }

    /// The frame to send now; nil when none waits or enough are in flight.
    package mutating func next(now: Instant) -> [UInt8]? {
        guard inFlight < min(requests.count, inFlightMaximum) else { return nil }
        var frame: [UInt8] = []
        swap(&frame, &requests[inFlight].frame)
        inFlight += 1
        startClock(now)
        return frame
    }

    /// Takes a reply: whose it is.
    ///
    /// - Throws: when nothing was asked, or the epoch is another request's.
    package mutating func reply(epoch: UInt32, now: Instant) throws(ProtocolBreach) -> Caller {
        guard inFlight > 0 else { throw ProtocolBreach("it spoke without being asked") }
        let request = requests[0]
        guard epoch == request.epoch else {
            throw ProtocolBreach("it answered epoch \(epoch) where \(request.epoch) was next")
        }
        requests.removeFirst()
        inFlight -= 1
        startClock(now)
        return request.caller
    }

    /// When the oldest request that was sent must be answered, how long it gets each time, and how
    /// often it got that once more.
    package var deadline: (due: Instant, timeout: Duration, extensions: Int)? {
        guard let first = requests.first, let due = first.due else { return nil }
        return (due, first.timeout, first.extensions)
    }

    /// Gives the oldest request its time once more.
    package mutating func extendDeadline(now: Instant) {
        guard inFlight > 0 else { return }
        requests[0].extensions += 1
        requests[0].due = now.advanced(by: requests[0].timeout)
    }

    /// Takes all requests away; they will not be answered.
    package mutating func removeAll() -> [Caller] {
        defer {
            requests = []
            inFlight = 0
        }
        return requests.map(\.caller)
    }

    /// Starts the time of the request whose turn it has become.
    private mutating func startClock(_ now: Instant) {
        guard inFlight > 0, requests[0].due == nil else { return }
        requests[0].due = now.advanced(by: requests[0].timeout)
    }
}
