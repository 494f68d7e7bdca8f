import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// What watchers see of a feed, and of a worker.
@Suite struct InvocationFeedTests {
    private static let script = """
        return { from = "a", to = "b", handler = function(event, context)
          context.log.info("saw " .. event.data.n)
          if event.data.kind == "drop" then return nil end
          if event.data.kind == "raise" then error("no such luck") end
          if event.data.kind == "reject" then return context.reject("not this one") end
          if event.data.kind == "twice" then context.emit({ n = 1 }, { id = "the same" }) end
          return { n = event.data.n * 10 }
        end }
        """

    /// A settled run of one dropped event for each offset.
    private static func run(_ offsets: Range<UInt64>, payloadBytes: Int = 1) -> SettledRun {
        var part = StoredEvents(station: "a", partition: 0)
        for offset in offsets {
            part.records.append(Event(String(repeating: "x", count: payloadBytes)))
            part.offsets.append(offset)
        }
        return SettledRun(
            lane: LaneID(function: "f", partition: 0), version: FunctionVersion(text: "v"),
            outputs: [], batch: LaneBatch([part]), reply: nil,
            ready: .init(
                first: 0, outcomes: offsets.map { _ in .done(emissions: 0..<0) }))
    }

    /// All that a watch has seen when its feed is finished.
    private static func seen(
        _ watch: InvocationWatch
    ) async -> (offsets: [UInt64], missed: Int) {
        var offsets: [UInt64] = []
        var missed = 0
        await watch.forEach { run in
            missed += run.missed
            offsets += run.map(\.place.offset)
        }
        return (offsets, missed)
    }

    @Test func `who does not keep up misses the latest, is told how many, and holds up nobody`()
        async throws
    {
        let feed = InvocationFeed()
        let watch = try feed.watch(InvocationFilter())
        let kept = UInt64(InvocationWatch.runsKept)
        for number in 0..<kept + 7 { feed.settled(Self.run(number * 2..<number * 2 + 2)) }
        feed.finish()
        let (offsets, missed) = await Self.seen(watch)
        #expect(offsets == Array(0..<kept * 2))
        #expect(missed == 14)
    }

    @Test func `what waits for a watcher takes a bounded amount of memory`() async throws {
        let feed = InvocationFeed()
        let watch = try feed.watch(InvocationFilter())
        let bytes = InvocationWatch.bytesKept / 4
        for number in 0..<UInt64(6) {
            feed.settled(Self.run(number..<number + 1, payloadBytes: bytes))
        }
        feed.finish()
        let (offsets, missed) = await Self.seen(watch)
        #expect(offsets == [0, 1, 2])
        #expect(missed == 3)
    }

    @Test func `a feed is watched for as long as somebody holds a watch`() throws {
        let feed = InvocationFeed()
        #expect(!feed.isWatched)
        do {
            let watch = try feed.watch(InvocationFilter())
            withExtendedLifetime(watch) { #expect(feed.isWatched) }
        }
        #expect(!feed.isWatched)
        var watches = try (0..<InvocationFeed.watchersMaximum).map { _ in
            try feed.watch(InvocationFilter())
        }
        #expect(throws: InvocationFeed.TooManyWatchers.self) {
            try feed.watch(InvocationFilter())
        }
        watches.removeLast()
        _ = try feed.watch(InvocationFilter())
    }

    @Test func `a watch of a finished feed ends at once`() async throws {
        let feed = InvocationFeed()
        feed.finish()
        #expect(await Self.seen(try feed.watch(InvocationFilter())).offsets.isEmpty)
    }

    @Test func `a worker shows each event once it is settled, in the order of its lane`()
        async throws
    {
        try await TestLine.with(["f": Self.script]) { line in
            let kinds = ["", "drop", "raise", "reject", "", "twice"]
            try await line.produce(
                "a", kinds.enumerated().map { #"{"kind":"\#($1)","n":\#($0)}"# })
            let worker = line.worker()
            let watch = try worker.invocations.watch(InvocationFilter())
            try await line.run(worker)
            var shown: [Invocation] = []
            await watch.forEach { shown += $0 }
            #expect(shown.map(\.status) == [.ok, .dropped, .error, .rejected, .ok, .ok])
            #expect(shown.map(\.place.offset) == Array(0..<6))
            #expect(shown.map { $0.logs.map(\.text) } == (0..<6).map { ["saw \($0)"] })
            #expect(shown.map(\.emissionCount) == [1, 0, 0, 0, 1, 2])
            #expect(
                shown.compactMap(\.emissions.first).map {
                    String(decoding: $0.event.event.payload, as: UTF8.self)
                } == [#"{"n":0}"#, #"{"n":40}"#, #"{"n":1}"#])
            #expect(shown[3].fault?.message == "not this one")
            #expect(shown.allSatisfy { $0.duration != nil })
        }
    }

    @Test func `an event whose emission can't be appended is shown as what it became`()
        async throws
    {
        try await TestLine.with(["f": Self.script]) { line in
            try await line.engine.open("b", settings: nil)
            var append = StationAppend(station: "b")
            append.records.append(Event("another", id: "the same"))
            _ = try await line.engine.append(append)
            try await line.produce("a", [#"{"n":0}"#, #"{"kind":"twice","n":1}"#])
            let worker = line.worker()
            let watch = try worker.invocations.watch(InvocationFilter())
            try await line.run(worker)
            var shown: [Invocation] = []
            await watch.forEach { shown += $0 }
            #expect(shown.map(\.status) == [.ok, .error])
            #expect(shown.last?.fault?.kind == .emissionConflict)
        }
    }

    @Test func `dead letters that are run again are shown, too`() async throws {
        try await TestLine.with(["f": Self.script]) { line in
            try await line.produce("a", [#"{"kind":"raise","n":0}"#])
            try await line.runUntilIdle()
            try line.write(
                "f", Self.script.replacingOccurrences(of: #"error("no such luck")"#, with: ""))
            try await line.whileRunning { worker in
                let letters = DeadLetters(engine: line.engine, operators: worker.operators)
                let watch = try worker.invocations.watch(InvocationFilter(statuses: [.ok]))
                try await line.waitForLanes(worker)
                let summary = try await letters.fulfil(.init(.retry, .all), of: "f")
                #expect(summary.resent == 1)
                await watch.forEachUntil { run in
                    let shown = Array(run)
                    #expect(shown.map(\.place.offset) == [0])
                    return true
                }
            }
        }
    }

    @Test func `functions run the same whether they are watched or not`() async throws {
        var random = SeededGenerator.printed()
        let payloads = (0..<3_000).map { number in
            let kind = ["", "", "", "drop", "raise", "reject"][random.number(0...5)]
            return #"{"kind":"\#(kind)","n":\#(number)}"#
        }
        var outputs: [[String]] = []
        for watched in [false, true] {
            try await TestLine.with(["f": Self.script]) { line in
                try await line.produce("a", payloads)
                let worker = line.worker()
                let watch = watched ? try worker.invocations.watch(InvocationFilter()) : nil
                try await line.run(worker)
                outputs.append(try await line.payloads("b") + line.payloads("dead.f"))
                guard let watch else { return }
                let (offsets, missed) = await Self.seen(watch)
                #expect(offsets.count + missed == payloads.count)
            }
        }
        #expect(outputs[0] == outputs[1])
    }
}

extension InvocationWatch {
    /// Goes on until `body` returns true.
    fileprivate func forEachUntil(_ body: (InvocationRun) -> Bool) async {
        struct Enough: Error {}
        try? await forEach { run in
            if body(run) { throw Enough() }
        }
    }
}
