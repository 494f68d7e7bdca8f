import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// What is laid out of a settled run, and what a filter chooses of it.
@Suite struct InvocationTests {
    private static let lane = LaneID(function: "celsius", partition: 3)
    private static let version = FunctionVersion(text: String(repeating: "7", count: 64))

    /// A run over the events `first`, `first + 1`, ... of a batch with ten before them.
    private static func run(
        _ outcomes: [Outcome], first: Int = 0, emitting emitted: [(output: Int, event: Event)] = [],
        logs: [RunReply.LogLine] = [], nanoseconds: [UInt64] = []
    ) -> SettledRun {
        var part = StoredEvents(station: "readings", partition: 3)
        for number in 0..<first + outcomes.count {
            part.records.append(Event("in \(number)", key: "k\(number)"))
            part.offsets.append(UInt64(100 + number))
        }
        var records = EventRecords()
        var emissions: [RunReply.Emission] = []
        for (output, event) in emitted {
            emissions.append(.init(output: output, start: records.bytes.count))
            records.append(event)
        }
        let reply = RunReply(
            bytes: records.bytes, outcomes: outcomes, emissions: emissions, logs: logs,
            nanoseconds: nanoseconds)
        return SettledRun(
            lane: lane, version: version, outputs: ["out", "other"], batch: LaneBatch([part]),
            reply: reply, ready: .init(first: first, outcomes: outcomes))
    }

    private static func invocations(
        _ run: SettledRun, _ filter: InvocationFilter = InvocationFilter()
    ) -> [Invocation] {
        Array(InvocationRun(run, through: filter))
    }

    @Test func `an invocation tells where its event was, what came of it, and for which station`()
        throws
    {
        let run = Self.run(
            [.done(emissions: 0..<0), .done(emissions: 0..<2)], first: 5,
            emitting: [(1, Event("a", key: "k")), (0, Event("b"))])
        let shown = Self.invocations(run)
        #expect(shown.map(\.status) == [.dropped, .ok])
        #expect(shown.map(\.place.offset) == [105, 106])
        let second = try #require(shown.last)
        #expect(second.lane == Self.lane)
        #expect(second.version == Self.version)
        #expect(second.input.event == Event("in 6", key: "k6"))
        #expect(second.emissions.map(\.station) == ["other", "out"])
        #expect(second.emissions.map(\.event.event) == [Event("a", key: "k"), Event("b")])
        #expect(second.emissionCount == 2)
        #expect(second.duration == nil)
    }

    @Test func `log lines and times go with the events that they are of`() {
        let run = Self.run(
            [.done(emissions: 0..<0), .done(emissions: 0..<0), .done(emissions: 0..<0)],
            first: 2,
            logs: [
                .init(event: 0, level: .info, text: "a"), .init(event: 2, level: .info, text: "b"),
                .init(event: 2, level: .error, text: "c"),
            ],
            nanoseconds: [1_500, RunReply.timeUnknown, 7])
        let shown = Self.invocations(run)
        #expect(shown.map { $0.logs.map(\.text) } == [["a"], [], ["b", "c"]])
        #expect(shown.map(\.duration) == [.nanoseconds(1_500), nil, .nanoseconds(7)])
    }

    @Test func `what the lane decided without a reply has no part of the latest one`() {
        let died = FunctionFault(kind: .hostDied, message: "gone")
        let behind = InputPlace(station: "readings", offset: 4)
        for outcome in [Outcome.failed(died), .parked(behind: behind)] {
            let run = Self.run(
                [outcome], logs: [.init(event: 0, level: .info, text: "another's")],
                nanoseconds: [5])
            let shown = Self.invocations(run)
            #expect(shown.map(\.logs) == [[]])
            #expect(shown.map(\.duration) == [nil])
            #expect(shown.map(\.status) == [outcome == .failed(died) ? .error : .parked])
            #expect(shown.map(\.behind) == [outcome == .failed(died) ? nil : behind])
        }
    }

    @Test func `a payload is cut between two characters, and its length is told`() throws {
        let kept = EventExcerpt.payloadBytesKept
        for shift in 0..<4 {
            let text = String(repeating: "x", count: shift) + String(repeating: "😀", count: 2_000)
            let records = EventRecords([Event(text)])
            let excerpt = records.withRecord(0, EventExcerpt.init)
            #expect(excerpt.payloadBytes == text.utf8.count)
            #expect(excerpt.isCut)
            #expect((kept - 3...kept).contains(excerpt.event.payload.count))
            let shown = try #require(String(validating: excerpt.event.payload, as: UTF8.self))
            #expect(text.hasPrefix(shown))
        }
        let whole = EventRecords([Event(String(repeating: "é", count: kept / 2))])
        #expect(!whole.withRecord(0, EventExcerpt.init).isCut)
    }

    @Test func `of many emissions the first are shown, and all are counted`() {
        let count = Invocation.emissionsShown + 5
        let run = Self.run(
            [.done(emissions: 0..<count)], emitting: (0..<count).map { (0, Event("\($0)")) })
        let shown = Self.invocations(run)
        #expect(shown.map(\.emissionCount) == [count])
        #expect(shown.map(\.emissions.count) == [Invocation.emissionsShown])
    }

    @Test func `a filter chooses by status`() {
        let outcomes: [Outcome] = [
            .done(emissions: 0..<1), .done(emissions: 1..<1),
            .failed(FunctionFault(kind: .rejected, message: "no")),
            .failed(FunctionFault(kind: .raised, message: "oh")),
            .parked(behind: InputPlace(station: "readings", offset: 1)),
        ]
        let run = Self.run(outcomes, emitting: [(0, Event("a"))])
        #expect(Self.invocations(run).map(\.status) == Invocation.Status.allCases)
        for status in Invocation.Status.allCases {
            let shown = Self.invocations(run, InvocationFilter(statuses: [status]))
            #expect(shown.map(\.status) == [status])
        }
        let both = Self.invocations(run, InvocationFilter(statuses: [.rejected, .error]))
        #expect(both.map(\.place.offset) == [102, 103])
    }

    @Test func `a sample is that share of the events, the same for all, and part of a larger one`()
    {
        let places = (0..<20_000).map { InputPlace(station: "readings", offset: UInt64($0)) }
        var smaller: Set<UInt64> = []
        for share in [0.01, 0.1, 0.5] {
            let filter = InvocationFilter(sample: share)
            let chosen = places.filter { filter.samples($0, partition: 2) }.map(\.offset)
            #expect(abs(Double(chosen.count) / 20_000 - share) < 0.02)
            #expect(smaller.isSubset(of: chosen))
            smaller = Set(chosen)
            let other = places.filter { filter.samples($0, partition: 3) }.map(\.offset)
            #expect(other != chosen)
        }
        let all = InvocationFilter()
        #expect(places.allSatisfy { all.samples($0, partition: 2) })
    }
}
