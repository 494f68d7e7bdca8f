import Dispatch
import GRDB
import Glibc
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import StorageFaults
import Synchronization
import Testing

/// A store whose model is the list of what was acknowledged.
private struct FaultyStore {
    let directory: ScratchDirectory
    let faults: StorageFaultPlan
    let engine: EmbeddedEngine
    let lane = LaneID(function: "f", partition: 0)
    let claim: LaneClaim

    init(
        health: WriteHealth = WriteHealth(),
        now: @escaping @Sendable () -> EventTime = { .now }
    ) async throws {
        directory = try ScratchDirectory()
        faults = StorageFaultPlan(directory)
        engine = try EmbeddedEngine(directory: directory.path, health: health, now: now)
        for name: StationName in ["in", "out"] { try await engine.open(name, settings: nil) }
        claim = try await engine.claim(lane, inputs: ["in"], start: .earliest)
    }

    func failure(_ body: () async throws(EngineError) -> Void) async -> EngineError? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    func append(_ text: String) async -> EngineError? {
        await failure { () async throws(EngineError) in
            try await engine.append([Event(text, id: text)], to: "in")
        }
    }

    /// Appends until the store may be written to again.
    func appendWhenThawed(_ text: String) async throws {
        for _ in 0..<500 {
            if await append(text) == nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("writing did not resume")
    }

    func settlement(_ number: UInt64) -> Settlement {
        claim.settlement(
            of: "in", from: number, to: number + 1,
            appends: [StationAppend("out", [Event("of \(number)")])])
    }

    /// Expects the texts in what a kill would leave of the store now.
    func expectSurvival(of texts: [String]) async throws {
        let left = try directory.copy()
        let survivor = try EmbeddedEngine(directory: left.path)
        #expect(try await survivor.readAll("in").texts == texts)
        #expect(try await survivor.check().findings == [])
        await survivor.close()
        withExtendedLifetime(left) {}
    }
}

/// A clock that holds the writer back, in the midst of a commit, while it is closed.
private final class Gate: Sendable {
    private let isClosed = Mutex(false)
    private let opened = DispatchSemaphore(value: 0)

    @Sendable func now() -> EventTime {
        if isClosed.withLock({ $0 }) { opened.wait() }
        return .now
    }

    func close() {
        isClosed.withLock { $0 = true }
    }

    func open() {
        isClosed.withLock { $0 = false }
        opened.signal()
    }
}

@Suite(.timeLimit(.minutes(5)))
struct StoreFaultTests {
    @Test func `the faults of these tests reach the store`() async throws {
        let store = try await FaultyStore()
        let calls = try await store.faults.failing(STORAGE_WRITE, STORAGE_FLUSH, count: 0) {
            try await store.engine.append(texts: ["x"], to: "in")
        }
        #expect(calls.met >= 3)
        await store.engine.close()
    }

    @Test(arguments: [EIO, ENOSPC, EFBIG, EDQUOT])
    func `whichever write of an append fails, it is not acknowledged, and the next one works`(
        code: CInt
    ) async throws {
        let store = try await FaultyStore()
        var stored: [String] = []
        var refused = 0
        for number in 1... {
            let text = "\(number)"
            var error: EngineError?
            let calls = await store.faults.failing(
                STORAGE_WRITE, first: number, count: code == ENOSPC ? 2 : 1, error: code
            ) {
                error = await store.append(text)
            }
            if calls.made == 0 {
                #expect(error == nil)
                stored.append(text)
                break
            }
            #expect(error != nil)
            refused += 1
            if case .full = error { #expect(code == ENOSPC || code == EDQUOT) }
            if case .unavailable = error { #expect(code == EIO || code == EFBIG) }
            #expect(try await store.engine.readAll("in").texts == stored)
            #expect(await store.append("\(text) again") == nil)
            stored.append("\(text) again")
        }
        #expect(refused > 0)
        try await store.expectSurvival(of: stored)
        await store.engine.close()
    }

    @Test func `a full disk is told as full, reads go on, and writing resumes by itself`()
        async throws
    {
        let store = try await FaultyStore()
        #expect(await store.append("0") == nil)
        try await store.faults.failing(STORAGE_WRITE, error: ENOSPC) { () async throws in
            for text in ["1", "2"] {
                #expect(
                    await store.append(text)
                        == .full(
                            "can't write the store: the disk is full; free some space, writing "
                                + "goes on by itself then"))
                #expect(try await store.engine.readAll("in").texts == ["0"])
            }
        }
        #expect(await store.append("1") == nil)
        #expect(try await store.engine.readAll("in").texts == ["0", "1"])
        await store.engine.close()
    }

    @Test(arguments: [false, true])
    func `after a failed flush nothing is written until the store was opened anew`(
        drops: Bool
    ) async throws {
        // Long enough that it is not over before the machine comes to what is asked meanwhile.
        let store = try await FaultyStore(health: WriteHealth(firstDelay: .seconds(8)))
        #expect(await store.append("0") == nil)
        try await store.faults.failing(
            STORAGE_FLUSH, count: 1, dropping: drops
        ) { () async throws in
            let error = await store.append("1")
            #expect(error?.description.hasPrefix("can't write the store: disk I/O") == true)
            // Flushes work again, but nobody asks them.
            let writes = await store.faults.failing(STORAGE_WRITE, count: 0) {
                let error = await store.append("2")
                #expect(
                    error?.description.hasSuffix(
                        "nothing more is written until the store was opened anew and checked")
                        == true)
            }
            #expect(writes.met == 0)
            #expect(try await store.engine.readAll("in").texts == ["0"])
        }
        try await store.appendWhenThawed("3")
        let texts = try await store.engine.readAll("in").texts
        // What was not acknowledged is there as a whole or not at all.
        #expect(texts == ["0", "3"] || texts == ["0", "1", "3"])
        if drops { #expect(texts == ["0", "3"]) }
        let again = try await store.engine.append([Event("1", id: "1")], to: "in")
        #expect(again[0].isStored == (texts.count == 2))
        try await store.expectSurvival(of: try await store.engine.readAll("in").texts)
        await store.engine.close()
    }

    @Test(arguments: [false, true])
    func `a settlement whose flush failed is repeated until it is settled once`(
        drops: Bool
    ) async throws {
        let store = try await FaultyStore()
        try await store.engine.append(texts: ["0", "1"], to: "in")
        let first = store.settlement(0)
        await store.faults.failing(STORAGE_FLUSH, count: 1, dropping: drops) {
            let error = await store.failure { () async throws(EngineError) in
                try await store.engine.settle([first])
            }
            #expect(error?.isPassing == true)
        }
        var error: EngineError?
        repeat {
            try await Task.sleep(for: .milliseconds(50))
            error = await store.failure { () async throws(EngineError) in
                try await store.engine.settle([first])
            }
            if let error { #expect(error.isPassing, "\(error)") }
        } while error != nil
        try await store.engine.settle([store.settlement(1)])
        #expect(try await store.engine.readAll("out").texts == ["of 0", "of 1"])
        #expect(try await store.engine.lanes()[0].counts.processed == 2)
        #expect(try await store.engine.check().findings == [])
        await store.engine.close()
    }

    @Test func `a settlement that was refused is no other after the flush of its commit failed`()
        async throws
    {
        let gate = Gate()
        let store = try await FaultyStore(now: gate.now)
        try await store.engine.append(texts: ["0", "1"], to: "in")
        let stale = store.settlement(1)
        await store.faults.failing(STORAGE_FLUSH, first: 2, count: 1) {
            // While the writer waits in the first commit, the others become one group.
            gate.close()
            async let first = store.append("first")
            try? await Task.sleep(for: .milliseconds(100))
            async let refused = store.failure { () async throws(EngineError) in
                try await store.engine.settle([stale])
            }
            async let second = store.append("second")
            try? await Task.sleep(for: .milliseconds(100))
            gate.open()
            let errors = await [first, refused, second]
            #expect(errors.map { $0?.isPassing } == [nil, true, true])
        }
        try await store.appendWhenThawed("third")
        let texts = try await store.engine.readAll("in").texts
        #expect(texts.suffix(2) == ["second", "third"], "the commit in doubt was not there")
        let repeated = await store.failure { () async throws(EngineError) in
            try await store.engine.settle([stale])
        }
        #expect(repeated == .claimLost(store.lane))
        #expect(try await store.engine.readAll("out").isEmpty)
        await store.engine.close()
    }

    @Test func `flushes that go on failing keep the store frozen, and reads go on`() async throws {
        let store = try await FaultyStore()
        #expect(await store.append("0") == nil)
        try await store.faults.failing(STORAGE_FLUSH) { () async throws in
            #expect(await store.append("1") != nil)
            let deadline = ContinuousClock.now + .milliseconds(1_500)
            while ContinuousClock.now < deadline {
                #expect(await store.append("2") != nil)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(try await store.engine.readAll("in").texts.first == "0")
        }
        try await store.appendWhenThawed("3")
        #expect(try await store.engine.check().findings == [])
        await store.engine.close()
    }

    @Test func `closing a frozen store writes nothing and keeps its log`() async throws {
        let store = try await FaultyStore()
        #expect(await store.append("0") == nil)
        await store.faults.failing(STORAGE_FLUSH, count: 1, dropping: true) {
            #expect(await store.append("1") != nil)
        }
        let calls = await store.faults.failing(STORAGE_WRITE, STORAGE_FLUSH, count: 0) {
            await store.engine.close()
        }
        #expect(calls.met == 0)
        let reopened = try EmbeddedEngine(directory: store.directory.path)
        #expect(try await reopened.readAll("in").texts == ["0"])
        #expect(try await reopened.check().findings == [])
        await reopened.close()
    }

    /// The case that SQLite's own automatic checkpoint would lose: a partial checkpoint counts its
    /// pages as done, the kernel drops them, and the flush after the failed one reports success.
    @Test func `a checkpoint whose flush fails loses nothing that was acknowledged`() async throws {
        let store = try await FaultyStore()
        let faults = StorageFaultPlan(store.directory, isExact: true)
        // Random, so that it takes as much of the log.
        var random = SeededGenerator.printed()
        let payload = random.text(50_000)
        var stored: [String] = []
        func append(_ count: Int) async {
            for _ in 0..<count {
                let text = "\(stored.count) \(payload)"
                if await store.append(text) == nil { stored.append(text) }
            }
        }
        let calls = try await faults.failing(STORAGE_FLUSH, count: 1, dropping: true) {
            await append(100)
            // A reader keeps the checkpoint from going beyond what it sees.
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(
                path: store.directory.path + "/store.sqlite", configuration: configuration)
            try await other.writeWithoutTransaction { database in
                try database.execute(sql: "BEGIN; SELECT count(*) FROM chunk_1")
            }
            await append(250)
            try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
            try other.close()
            await append(2)
        }
        #expect(calls.made == 1)
        try await store.appendWhenThawed("thawed")
        stored.append("thawed")
        // The log is used anew, so that everything is read from the file.
        await append(600)
        #expect(try await store.engine.readAll("in").texts == stored)
        try await store.expectSurvival(of: stored)
        await store.engine.close()
    }

    @Test func `whatever storage call fails at random, what was acknowledged stays`() async throws {
        var random = SeededGenerator.printed()
        for _ in 0..<12 {
            let store = try await FaultyStore()
            var acknowledged: [String] = []
            for number in 0..<30 {
                let text = "\(number)"
                let kind = [STORAGE_WRITE, STORAGE_FLUSH, STORAGE_TRUNCATE][random.number(0...2)]
                let isFaulty = random.once(in: 3)
                let first = random.number(1...4)
                let count = isFaulty ? random.number(1...3) : 0
                let code = random.once(in: 2) ? EIO : ENOSPC
                let drops = random.once(in: 2)
                var error: EngineError?
                await store.faults.failing(
                    kind, first: first, count: count, error: code, dropping: drops
                ) {
                    error = await store.append(text)
                }
                if error == nil { acknowledged.append(text) }
            }
            try await store.appendWhenThawed("last")
            let texts = try await store.engine.readAll("in").texts
            #expect(Set(texts).isSuperset(of: acknowledged + ["last"]))
            #expect(Set(texts).count == texts.count)
            try await store.expectSurvival(of: texts)
            await store.engine.close()
        }
    }
}
