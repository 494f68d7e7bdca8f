import MoonrailHTTP
import Testing

/// How long clients may take, told by a clock that the test moves.
struct ConnectionTimesTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Double) -> ContinuousClock.Instant {
        start + .seconds(seconds)
    }

    private func expect(
        _ times: ConnectionTimes, _ expiry: ConnectionTimes.Expiry?, after seconds: Double = 0,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(times.deadline?.expiry == expiry, sourceLocation: location)
        guard expiry != nil else { return }
        #expect(times.deadline?.at == after(seconds), sourceLocation: location)
    }

    @Test func `the first head has its time from the connection's beginning`() {
        var times = ConnectionTimes(opened: start)
        expect(times, .head, after: 10)
        times.bytesCame(at: after(9))
        expect(times, .head, after: 10)
    }

    @Test func `a further head has its time from its first byte, and before that the idle one`() {
        var times = ConnectionTimes(opened: start)
        times.headCame(at: start)
        times.requestEnded()
        expect(times, nil)
        times.answerEnded(at: after(5))
        expect(times, .idle, after: 65)
        times.bytesCame(at: after(60))
        expect(times, .head, after: 70)
        times.bytesCame(at: after(69))
        expect(times, .head, after: 70)
    }

    @Test func `a server that shuts down waits three seconds for a body at most`() {
        var times = ConnectionTimes(opened: start)
        times.headCame(at: start)
        times.waitBegan(at: start)
        times.leaving(at: after(1))
        times.leaving(at: after(2))
        expect(times, .body, after: 4)
        times.bodyCame(1 << 20)
        expect(times, .body, after: 4)
    }

    @Test func `an answer may take as long as it takes`() {
        var times = ConnectionTimes(opened: start)
        times.headCame(at: start)
        times.requestEnded()
        times.waitBegan(at: after(1))
        expect(times, nil)
    }

    @Test func `what comes of a body earns it time`() {
        var times = ConnectionTimes(opened: start)
        times.headCame(at: start)
        times.waitBegan(at: start)
        expect(times, .body, after: 10)
        times.bodyCame(10_240)
        times.waitEnded(at: after(4))
        times.waitBegan(at: after(4))
        // Ten seconds for nothing, ten for ten kilobytes, of which four are spent.
        expect(times, .body, after: 4 + 20 - 4)
    }

    @Test func `time in which nobody wants more of a body is not the client's`() {
        var times = ConnectionTimes(opened: start)
        times.headCame(at: start)
        times.waitBegan(at: start)
        times.waitEnded(at: after(3))
        expect(times, nil)
        times.waitBegan(at: after(1_000))
        expect(times, .body, after: 1_007)
    }

    @Test func `the next body begins anew`() {
        var times = ConnectionTimes(opened: start)
        times.headCame(at: start)
        times.waitBegan(at: start)
        times.bodyCame(1 << 20)
        times.waitEnded(at: after(8))
        times.requestEnded()
        times.answerEnded(at: after(8))
        times.bytesCame(at: after(9))
        times.headCame(at: after(9))
        times.waitBegan(at: after(10))
        expect(times, .body, after: 20)
    }

    @Test func `the wait for a head is not the body's`() {
        var times = ConnectionTimes(opened: start)
        times.waitBegan(at: start)
        times.bytesCame(at: after(9))
        times.headCame(at: after(9))
        times.waitEnded(at: after(9))
        times.waitBegan(at: after(9))
        expect(times, .body, after: 19)
    }

    @Test func `an answer that is not read ends the connection, and reading saves it`() {
        var times = ConnectionTimes(opened: start)
        times.headCame(at: start)
        times.requestEnded()
        times.writable(false, at: after(1))
        times.writable(false, at: after(30))
        expect(times, .unread, after: 61)
        times.writable(true, at: after(40))
        expect(times, nil)
    }
}
