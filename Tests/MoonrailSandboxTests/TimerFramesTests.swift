import MoonrailCore
import MoonrailSandbox
import Testing

/// What a host may tell of timers, and what it may not.
@Suite struct TimerFramesTests {
    private static let timer = StateTimer(
        time: EventTime(microseconds: 5_000), name: Array("x".utf8))
    private static let other = StateTimer(
        time: EventTime(microseconds: 6_000), name: Array("x".utf8))

    private static let longNamed = StateTimer(
        time: timer.time, name: Array(repeating: 97, count: 65))

    /// A change of state as a host tells it.
    private struct Change {
        var event: UInt32 = 0
        var firing: UInt32 = 0
        var key = "a"
        var value: StateValue? = StateValue(json: Array("{}".utf8))
        var before: [StateTimer] = []
    }

    private struct Firing {
        var event: UInt32 = 0
        var key = "a"
        var timer = TimerFramesTests.timer
        /// A rejection.
        var outcome: [UInt8] = [1, 0, 0, 0, 0]
    }

    /// The reply to a run of two events that emitted nothing.
    private static func reply(
        _ changes: [Change], _ firings: [Firing], hasTimers: Bool = true,
        stopped: [StoppedFiring] = []
    ) throws(ProtocolBreach) -> RunReply {
        var body: [UInt8] = [2, 0, 0, 0] + [0, 0, 0, 0, 0] + [0, 0, 0, 0, 0] + [0, 0, 0, 0]
        body.appendLittleEndian(UInt32(changes.count))
        for change in changes {
            body.appendLittleEndian(change.event)
            body.appendLittleEndian(change.firing)
            body.appendText(change.key)
            body.append(1)
            body.appendText(change.value?.encoded ?? [])
            body.append(UInt8(change.before.count))
            for timer in change.before {
                body.appendLittleEndian(timer.time.microseconds)
                body += [UInt8(timer.name.count)] + timer.name
            }
        }
        body.appendLittleEndian(UInt32(firings.count))
        for firing in firings {
            body.appendLittleEndian(firing.event)
            body.appendLittleEndian(firing.timer.time.microseconds)
            body.appendText(firing.key)
            body.appendText(firing.timer.name)
            body += firing.outcome
        }
        var expected = ExpectedResult(
            events: 2, outputs: 1, limits: FunctionLimits(), hasState: true, hasTimers: hasTimers)
        expected.stopped = stopped
        return try HostFrames.result(ReplyFrame.frame(131, body), expected: expected)
    }

    private static let fired = Change(firing: 1, value: nil, before: [timer])

    @Test func `timers that fired are told with what they changed`() throws {
        let reply = try Self.reply(
            [
                Change(value: StateValue(json: [], timers: [Self.timer])),
                Self.fired, Change(event: 1), Change(event: 1, firing: 2, before: [Self.other]),
            ],
            [Firing(), Firing(event: 1, timer: Self.other)])
        #expect(reply.stateChanges.map(\.firing) == [nil, 0, nil, 1])
        #expect(reply.firings.map(\.event) == [0, 1])
        #expect(
            reply.firings.map(\.timer) == [
                KeyedTimer(key: [0x61], timer: Self.timer),
                KeyedTimer(key: [0x61], timer: Self.other),
            ])
    }

    @Test func `a timer that was not to be called is told so, and no other`() throws {
        let fault = FunctionFault(kind: .hostDied, message: "it died")
        let keyed = KeyedTimer(key: [0x61], timer: Self.timer)
        for which in [StoppedFiring.Which.number(1), .timer(keyed)] {
            let reply = try Self.reply(
                [Self.fired], [Firing(outcome: [4])],
                stopped: [StoppedFiring(event: 0, which, fault)])
            #expect(reply.firings.map(\.outcome) == [.failed(fault)])
        }
        for stopped in [
            [], [StoppedFiring(event: 1, .number(1), fault)],
            [StoppedFiring(event: 0, .number(2), fault)],
        ] {
            #expect(throws: ProtocolBreach.self) {
                try Self.reply([Self.fired], [Firing(outcome: [4])], stopped: stopped)
            }
        }
    }

    @Test func `a host that tells of timers that can't be breaks the protocol`() {
        let wrong: [([Change], [Firing])] = [
            // It fires without a change, or changes without a firing.
            ([], [Firing()]), ([Self.fired], []),
            // Another timer, key or event than the change says.
            ([Self.fired], [Firing(timer: Self.other)]), ([Self.fired], [Firing(key: "b")]),
            ([Self.fired], [Firing(event: 1)]),
            // A timer that did not wait.
            ([Change(firing: 1, value: nil)], [Firing()]),
            // Out of order.
            ([Change(firing: 2, value: nil, before: [Self.timer])], [Firing()]),
            ([Self.fired, Change()], [Firing()]),
            ([Change(event: 1), Self.fired], [Firing()]),
            // Timers of a key that the index can't hold, and a name that is too long.
            (
                [Change(key: "a\u{0}", value: StateValue(json: [], timers: [Self.timer]))], []
            ),
            ([Change(before: [Self.longNamed])], []),
            // A timer twice.
            ([Change(before: [Self.timer, Self.other])], []),
        ]
        for (number, (changes, firings)) in wrong.enumerated() {
            #expect(throws: ProtocolBreach.self, "\(number)") {
                try Self.reply(changes, firings)
            }
        }
        #expect(throws: ProtocolBreach.self) { try Self.reply([Change()], [], hasTimers: false) }
    }

    @Test func `bytes of such a reply, changed at random, are read or refused`() throws {
        var random = SeededRandom("changed timers")
        let whole = try Self.reply([Self.fired], [Firing()])
        for index in whole.bytes.indices {
            var bytes = whole.bytes
            bytes[index] ^= UInt8(1 << Int(random.next() % 8))
            _ = try? HostFrames.result(
                bytes,
                expected: ExpectedResult(
                    events: 2, outputs: 1, limits: FunctionLimits(), hasState: true,
                    hasTimers: true))
        }
    }
}
