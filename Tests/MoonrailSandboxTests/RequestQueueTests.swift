import MoonrailCore
import MoonrailSandbox
import Testing

@Suite struct RequestQueueTests {
    typealias Queue = RequestQueue<String, ContinuousClock.Instant>
    let start = ContinuousClock.now

    @Test func `one request is in flight, the next is sent when its reply has come`() throws {
        var queue = Queue()
        queue.add([], within: .seconds(5), for: "ready")
        queue.add(ReplyFrame.frame(1, [1]), within: .seconds(10), for: "load")
        queue.add(ReplyFrame.frame(2, [2]), within: .seconds(10), for: "run")
        #expect(queue.next(now: start) == [])
        #expect(queue.next(now: start) == nil)
        #expect(try queue.reply(epoch: 0, now: start) == "ready")
        #expect(queue.next(now: start) == ReplyFrame.frame(1, [1], epoch: 1))
        #expect(queue.next(now: start) == nil)
        #expect(try queue.reply(epoch: 1, now: start) == "load")
        #expect(queue.next(now: start) == ReplyFrame.frame(2, [2], epoch: 2))
        #expect(try queue.reply(epoch: 2, now: start) == "run")
        #expect(queue.isEmpty)
    }

    @Test func `a reply that nobody asked for, or of another epoch, is a breach`() {
        var queue = Queue()
        #expect(throws: ProtocolBreach.self) { try queue.reply(epoch: 0, now: start) }
        queue.add([], within: .seconds(5), for: "ready")
        #expect(throws: ProtocolBreach.self) { try queue.reply(epoch: 0, now: start) }
        _ = queue.next(now: start)
        #expect(throws: ProtocolBreach.self) { try queue.reply(epoch: 1, now: start) }
        #expect(throws: Never.self) { try queue.reply(epoch: 0, now: start) }
    }

    @Test func `a request's time begins when it is the oldest one that was sent`() throws {
        var queue = Queue(inFlightMaximum: 2)
        #expect(queue.deadline == nil)
        queue.add(ReplyFrame.frame(2, []), within: .seconds(3), for: "first")
        queue.add(ReplyFrame.frame(2, []), within: .seconds(4), for: "second")
        #expect(queue.deadline == nil)
        _ = queue.next(now: start)
        _ = queue.next(now: start + .seconds(1))
        #expect(queue.deadline?.due == start + .seconds(3))
        #expect(queue.deadline?.timeout == .seconds(3))
        _ = try queue.reply(epoch: 0, now: start + .seconds(2))
        #expect(queue.deadline?.due == start + .seconds(6))
        _ = try queue.reply(epoch: 1, now: start + .seconds(2))
        #expect(queue.deadline == nil)
    }

    @Test func `all that wait come out when the host is gone`() {
        var queue = Queue()
        for name in ["a", "b", "c"] {
            queue.add(ReplyFrame.frame(2, []), within: .seconds(1), for: name)
        }
        _ = queue.next(now: start)
        #expect(queue.removeAll() == ["a", "b", "c"])
        #expect(queue.isEmpty)
        #expect(queue.next(now: start) == nil)
    }
}
