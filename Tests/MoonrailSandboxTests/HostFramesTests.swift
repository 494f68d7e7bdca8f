import MoonrailCore
import MoonrailSandbox
import Testing

@Suite struct HostFramesTests {
    static let expected = ExpectedResult(events: 4, outputs: 2, limits: FunctionLimits())

    @Test func `a result gives outcomes in order, with emissions in the reply's own bytes`()
        throws
    {
        let first = TestEvents.json(#"{"a":1}"#, key: "k")
        let second = TestEvents.json("[]", id: "given")
        let log = RunReply.LogLine(event: 3, level: .warn, text: "hm", fields: #"{"a":1}"#)
        let frame = ReplyFrame.result(
            [
                .done([(1, first), (0, second)]), .done([]), .rejected("no"),
                .raised("bad", "at 3"),
            ],
            logs: [log])
        let reply = try HostFrames.result(frame, expected: Self.expected)
        #expect(reply.bytes == frame)
        #expect(reply.emitted(0)?.map(\.output) == [1, 0])
        #expect(reply.emitted(0)?.map(\.event) == [first, second])
        #expect(reply.emitted(1)?.isEmpty == true)
        #expect(reply.fault(2) == FunctionFault(kind: .rejected, message: "no"))
        #expect(reply.fault(3) == FunctionFault(kind: .raised, message: "bad", traceback: "at 3"))
        #expect(reply.logs == [log])
    }

    @Test(arguments: [
        (UInt8(0), FunctionFault.Kind.memoryLimit), (1, .timeLimit), (2, .outputLimit),
        (3, .outputLimit), (4, .outputLimit),
    ])
    func `each limit becomes a fault of its kind`(
        number: UInt8, kind: FunctionFault.Kind
    ) throws {
        let frame = ReplyFrame.result([.done([]), .limit(number, "over")])
        let reply = try HostFrames.result(frame, expected: Self.expected)
        #expect(reply.fault(1) == FunctionFault(kind: kind, message: "over"))
    }

    @Test func `a reply that goes on after a limit is a breach`() {
        breach("went on after a limit", ReplyFrame.result([.limit(0, "over"), .done([])]))
    }

    @Test func `a reply without outcomes, or with more than there were events, is a breach`() {
        breach("0 outcomes", ReplyFrame.result([]))
        breach("5 outcomes", ReplyFrame.result(Array(repeating: .done([]), count: 5)))
    }

    @Test func `an emission to an output that does not exist is a breach`() {
        breach("output 2 of 2", ReplyFrame.result([.done([(2, TestEvents.json("1"))])]))
    }

    @Test func `emissions that break a bound of their fields are breaches`() {
        func one(_ change: (inout Event) -> Void) -> [UInt8] {
            var event = TestEvents.json("{}")
            change(&event)
            return ReplyFrame.result([.done([(0, event)])])
        }
        let long = String(repeating: "x", count: 129)
        breach("an id of 129", one { $0.id = .text(long) })
        breach("flags 5", one { $0.id = .derived(high: 1, low: 2) })
        breach("a key of 1025", one { $0.key = Array(repeating: 1, count: 1_025) })
        let value = String(repeating: "x", count: 16_380)
        breach("bytes of headers", one { $0.headers = [.init("abc", value)] })
        breach("headers that are not whole", one { $0.headers = [.init("", "value")] })
        breach("a payload of", one { $0.payload = Array(repeating: 32, count: 1 << 20 + 1) })
    }

    @Test func `an emission with an origin is a breach`() {
        var record = ReplyFrame.record(TestEvents.json("{}"))
        record.insert(contentsOf: repeatElement(0, count: 16), at: EventRecord.fixedBytes)
        record.storeLittleEndian(UInt32(record.count - 4), at: 0)
        record.storeLittleEndian(UInt16(16), at: 18)
        var body: [UInt8] = []
        body.appendLittleEndian(UInt32(1))
        body.append(0)
        body.appendLittleEndian(UInt32(1))
        body.appendLittleEndian(UInt32(0))
        body += record
        body.appendLittleEndian(UInt32(0))
        breach("with an origin", ReplyFrame.frame(131, body))
    }

    @Test func `more emissions of one event than its limit are a breach`() {
        var expected = Self.expected
        expected.limits.emissions = 1
        let event = TestEvents.json("{}")
        breach(
            "2 emissions", ReplyFrame.result([.done([(0, event), (0, event)])]), expected: expected)
    }

    @Test func `counts that the bytes can't hold are breaches and reserve nothing`() {
        var body: [UInt8] = []
        body.appendLittleEndian(UInt32(1))
        body.append(0)
        body.appendLittleEndian(UInt32.max)
        breach("emissions", ReplyFrame.frame(131, body))
        body = []
        body.appendLittleEndian(UInt32(1))
        body.append(0)
        body.appendLittleEndian(UInt32(0))
        body.appendLittleEndian(UInt32.max)
        breach("log lines", ReplyFrame.frame(131, body))
    }

    @Test func `frames cut anywhere, or with bytes behind them, are breaches`() {
        let frame = ReplyFrame.result(
            [.done([(0, TestEvents.json("{}", key: "k"))]), .raised("m", "t")],
            logs: [.init(event: 0, level: .info, text: "line")])
        for count in 0..<frame.count {
            breach("", Array(frame.prefix(count)))
            guard count >= HostFrames.headerBytes else { continue }
            // The same with a length field that fits.
            breach("", ReplyFrame.frame(131, Array(frame[HostFrames.headerBytes..<count])))
        }
        breach("behind its end", ReplyFrame.frame(131, Array(frame[12...]) + [0]))
    }

    @Test func `a result that was asked for times has one for each outcome, and else none`()
        throws
    {
        var timed = Self.expected
        timed.isTimed = true
        let results: [ReplyFrame.Result] = [.done([]), .rejected("no")]
        let frame = ReplyFrame.result(results, times: [1_500, RunReply.timeUnknown])
        let reply = try HostFrames.result(frame, expected: timed)
        #expect(reply.nanoseconds == [1_500, RunReply.timeUnknown])
        breach("behind its end", frame)
        breach("ends too early", ReplyFrame.result(results, times: [1]), expected: timed)
        breach("behind its end", ReplyFrame.result(results, times: [1, 2, 3]), expected: timed)
        let untimed = try HostFrames.result(ReplyFrame.result(results), expected: Self.expected)
        #expect(untimed.nanoseconds.isEmpty)
    }

    @Test func `load replies and the ready frame are read`() throws {
        #expect(try HostFrames.ready(ReplyFrame.ready("{\"a\":1}")) == Array("{\"a\":1}".utf8))
        #expect(try HostFrames.loadReply(ReplyFrame.loaded("{}")) == .loaded(Array("{}".utf8)))
        #expect(
            try HostFrames.loadReply(ReplyFrame.loadFailed("no", "trace"))
                == .failed(FunctionFault(kind: .raised, message: "no", traceback: "trace")))
        #expect(throws: ProtocolBreach.self) { try HostFrames.ready(ReplyFrame.loaded("{}")) }
        #expect(throws: ProtocolBreach.self) { try HostFrames.loadReply(ReplyFrame.ready()) }
        #expect(throws: ProtocolBreach.self) { try HostFrames.loadReply(ReplyFrame.text(7, [])) }
    }

    private func breach(
        _ words: String, _ frame: [UInt8], expected: ExpectedResult = Self.expected,
        location: SourceLocation = #_sourceLocation
    ) {
        do {
            _ = try HostFrames.result(frame, expected: expected)
            Issue.record("it was accepted", sourceLocation: location)
        } catch {
            #expect(
                words.isEmpty || error.description.contains(words), sourceLocation: location)
        }
    }
}
