import Glibc
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import StorageFaults
import Synchronization
import Testing

/// A store with a lane that copies `in` to `out`, event by event.
private struct CopyingStore {
    static let id = LaneID(function: "copy", partition: 0)
    let directory: ScratchDirectory
    let faults: StorageFaultPlan
    let engine: EmbeddedEngine

    init() async throws {
        directory = try ScratchDirectory()
        faults = StorageFaultPlan(directory)
        engine = try EmbeddedEngine(
            directory: directory.path, health: WriteHealth(firstDelay: .milliseconds(10)))
        for name: StationName in ["in", "out"] { try await engine.open(name, settings: nil) }
    }

    func claim() async throws(EngineError) -> LaneClaim {
        try await engine.claim(Self.id, inputs: ["in"], start: .earliest)
    }

    func append(_ text: String) async throws(EngineError) {
        try await engine.append([Event(text, id: text)], to: "in")
    }

    static func cursor(_ offset: UInt64) -> StationCursor {
        StationCursor(station: "in", partition: 0, offset: offset)
    }

    /// What a lane at `offset` may begin with, once there is anything.
    func events(from offset: UInt64) async throws(EngineError) -> StoredEvents {
        await engine.waitAhead(for: [Self.cursor(offset)])
        return try await engine.readAhead(Self.cursor(offset), bounds: ReadBounds())
    }

    /// Settles copies of `events`.
    func settle(_ events: StoredEvents, _ claim: LaneClaim) async throws(EngineError) {
        let first = events.offsets[0]
        try await engine.settle([
            claim.settlement(
                of: "in", from: first, to: first + UInt64(events.count),
                appends: [StationAppend("out", events.texts.map { Event($0) })])
        ])
    }

    /// Claims the lane and copies what there is, until `count` events are copied or its input is
    /// withdrawn.
    ///
    /// - Returns: whether all are copied.
    func copy(_ count: UInt64) async throws(EngineError) -> Bool {
        let claim = try await claim()
        var offset = claim.position["in"]
        while offset < count {
            let events = try await events(from: offset)
            if events.isEmpty { continue }
            while true {
                do throws(EngineError) {
                    try await settle(events, claim)
                    break
                } catch {
                    if case .inputWithdrawn = error { return false }
                    guard error.isPassing else { throw error }
                }
            }
            offset += UInt64(events.count)
        }
        return true
    }
}

@Suite(.timeLimit(.minutes(5)))
struct ReadAheadTests {
    @Test func `a lane begins with an event while it is flushed, and nobody else sees it`()
        async throws
    {
        let store = try await CopyingStore()
        let engine = store.engine
        let claim = try await store.claim()
        try await store.faults.failing(
            STORAGE_FLUSH, count: 1, error: 0, holding: true
        ) { () async throws in
            async let appended: Void = store.append("0")
            #expect(try await store.faults.isHolding())
            let events = try await store.events(from: 0)
            #expect(events.texts == ["0"])
            #expect(events.offsets == [0])
            #expect(try await engine.readAll("in").isEmpty)
            #expect(try await engine.describe("in").events == 0)
            #expect(try await engine.lanes()[0].lag == 0)
            async let settled: Void = store.settle(events, claim)
            #expect(try await engine.readAll("out").isEmpty)
            store.faults.release()
            try await appended
            try await settled
        }
        #expect(try await engine.readAll("in").texts == ["0"])
        #expect(try await engine.readAll("out").texts == ["0"])
        #expect(try await engine.lanes()[0].position == Position(["in": 1]))
        await engine.close()
    }

    @Test func `nothing comes of an event that could not be stored after all`() async throws {
        let store = try await CopyingStore()
        let engine = store.engine
        let claim = try await store.claim()
        try await store.faults.failing(
            STORAGE_WRITE, count: 1, error: EFBIG, holding: true
        ) { () async throws in
            async let appended: Void = store.append("lost")
            #expect(try await store.faults.isHolding())
            let events = try await store.events(from: 0)
            #expect(events.texts == ["lost"])
            async let settled: Void = store.settle(events, claim)
            // In the queue by then, or refused a moment later.
            store.faults.release()
            do {
                try await appended
                Issue.record("it was acknowledged")
            } catch {}
            do {
                try await settled
                Issue.record("it was settled")
            } catch {
                #expect(error as? EngineError == .inputWithdrawn(CopyingStore.id))
            }
        }
        // Another event may have its offset now; a lane that had read the lost one can't tell.
        try await store.append("kept")
        await #expect(throws: EngineError.inputWithdrawn(CopyingStore.id)) {
            try await store.settle(try await store.events(from: 0), claim)
        }
        #expect(try await store.copy(1))
        #expect(try await engine.readAll("out").texts == ["kept"])
        #expect(try await engine.check().findings == [])
        await engine.close()
    }

    @Test func `an append that fails and was read by no lane disturbs none`() async throws {
        let store = try await CopyingStore()
        let claim = try await store.claim()
        await store.faults.failing(STORAGE_WRITE, count: 1, error: EFBIG) {
            await #expect(throws: EngineError.self) { try await store.append("lost") }
        }
        try await store.append("kept")
        try await store.settle(try await store.events(from: 0), claim)
        #expect(try await store.engine.readAll("out").texts == ["kept"])
        await store.engine.close()
    }

    /// Whatever fails and whenever, every acknowledged event is copied once and in order.
    @Test func `a lane that runs ahead copies exactly what is stored, whatever is lost meanwhile`()
        async throws
    {
        let store = try await CopyingStore()
        var random = SeededGenerator.printed()
        let count = 300
        let withdrawn = Atomic(0)
        async let copied: Void = {
            while true {
                do throws(EngineError) {
                    if try await store.copy(UInt64(count)) { return }
                    withdrawn.add(1, ordering: .relaxed)
                } catch {
                    guard error.isPassing else { throw error }
                }
            }
        }()
        for number in 0..<count {
            let call = Int.random(in: 1...8, using: &random)
            let code = [EIO, ENOSPC, EFBIG].randomElement(using: &random) ?? EIO
            let isFlush = Int.random(in: 0..<4, using: &random) == 0
            await store.faults.failing(
                isFlush ? STORAGE_FLUSH : STORAGE_WRITE, first: isFlush ? 1 + call % 2 : call,
                count: 1, error: code, dropping: isFlush
            ) {
                while (try? await store.append("\(number)")) == nil {}
            }
        }
        try await copied
        let expected = (0..<count).map { "\($0)" }
        #expect(try await store.engine.readAll("in").texts == expected)
        #expect(try await store.engine.readAll("out").texts == expected)
        #expect(try await store.engine.check().findings == [])
        print("withdrawn \(withdrawn.load(ordering: .relaxed)) times")
        await store.engine.close()
    }
}
