import MoonrailCore
import Synchronization
import Testing

/// A task that waits, and whether it still does.
private final class Waiting: Sendable {
    private let isDone = Atomic(false)
    let task: Mutex<Task<Void, Never>?> = Mutex(nil)

    init(_ engine: any StationEngine, _ cursors: [StationCursor]) {
        let task = Task {
            await engine.wait(for: cursors)
            isDone.store(true, ordering: .sequentiallyConsistent)
        }
        self.task.withLock { $0 = task }
    }

    /// Whether it is still waiting after a while in which it could have come back.
    func stillWaits() async throws -> Bool {
        try await Task.sleep(for: .milliseconds(50))
        return !isDone.load(ordering: .sequentiallyConsistent)
    }

    /// Whether it comes back before long.
    func comesBack() async throws -> Bool {
        for _ in 0..<1_000 {
            if isDone.load(ordering: .sequentiallyConsistent) { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    func cancel() {
        task.withLock { $0?.cancel() }
    }
}

extension EngineContract {
    private static func cursor(
        _ station: StationName, _ partition: UInt32 = 0, _ offset: UInt64 = 0
    ) -> StationCursor {
        StationCursor(station: station, partition: partition, offset: offset)
    }

    static let waitCases = [
        EngineCase("waiting for what is there comes back at once") { bench in
            let engine = bench.engine
            for name: StationName in ["a", "b"] { _ = try await engine.open(name, settings: nil) }
            try await engine.append(texts: ["x"], to: "b")
            #expect(try await Waiting(engine, [cursor("a"), cursor("b")]).comesBack())
        },
        EngineCase("an append wakes those who wait for its partition and no others") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 2))
            _ = try await engine.open("b", settings: nil)
            let waiting = Waiting(engine, [cursor("b"), cursor("a", 1)])
            let other = Waiting(engine, [cursor("b"), cursor("a", 0)])
            #expect(try await waiting.stillWaits())
            try await engine.append(texts: ["x"], to: "a", unkeyedPartition: 1)
            #expect(try await waiting.comesBack())
            #expect(try await other.stillWaits())
            try await engine.append(texts: ["x"], to: "a", unkeyedPartition: 0)
            #expect(try await other.comesBack())
        },
        EngineCase("one append wakes all who wait for it", needs: [.gaplessOffsets]) { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let near = (0..<100).map { _ in Waiting(engine, [cursor("a")]) }
            let far = Waiting(engine, [cursor("a", 0, 2)])
            #expect(try await near[99].stillWaits())
            try await engine.append(texts: ["x", "y"], to: "a")
            for waiting in near { #expect(try await waiting.comesBack()) }
            #expect(try await far.stillWaits(), "its offset has not come yet")
            try await engine.append(texts: ["z"], to: "a")
            #expect(try await far.comesBack())
        },
        EngineCase("a settlement wakes those who wait for its outputs") { bench in
            let engine = bench.engine
            for name: StationName in ["in", "out"] {
                _ = try await engine.open(name, settings: nil)
            }
            let lane = LaneID(function: "f", partition: 0)
            let claim = try await engine.claim(lane, inputs: ["in"], start: .earliest)
            let waiting = Waiting(engine, [cursor("out")])
            #expect(try await waiting.stillWaits())
            try await engine.settle([
                claim.settlement(
                    of: "in", from: 0, to: 1, appends: [StationAppend("out", [Event("x")])])
            ])
            #expect(try await waiting.comesBack())
        },
        EngineCase("a duplicate wakes nobody") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let receipt = try await engine.append([Event("x", id: "1")], to: "a")[0]
            let next = try #require(receipt.offset) + 1
            let waiting = Waiting(engine, [cursor("a", 0, next)])
            #expect(try await waiting.stillWaits())
            try await engine.append([Event("x", id: "1")], to: "a")
            #expect(try await waiting.stillWaits())
            waiting.cancel()
            #expect(try await waiting.comesBack())
        },
        EngineCase("cancelling ends a wait, also one that is about to begin") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let waiting = Waiting(engine, [cursor("a")])
            #expect(try await waiting.stillWaits())
            waiting.cancel()
            #expect(try await waiting.comesBack())
            for _ in 0..<500 {
                let waiting = Waiting(engine, [cursor("a")])
                if Bool.random() { await Task.yield() }
                waiting.cancel()
                #expect(try await waiting.comesBack())
            }
        },
        EngineCase("deleting a station wakes those who wait for it") { bench in
            let engine = bench.engine
            for name: StationName in ["a", "b"] { _ = try await engine.open(name, settings: nil) }
            let waiting = Waiting(engine, [cursor("a"), cursor("b")])
            #expect(try await waiting.stillWaits())
            try await engine.delete("b")
            #expect(try await waiting.comesBack())
        },
        EngineCase("a station that is not there is not waited for") { bench in
            let engine = bench.engine
            #expect(try await Waiting(engine, [cursor("a")]).comesBack())
            _ = try await engine.open("a", settings: nil)
            #expect(try await Waiting(engine, [cursor("a", 1)]).comesBack())
            let waiting = Waiting(engine, [cursor("a")])
            #expect(try await waiting.stillWaits())
            waiting.cancel()
        },
        EngineCase("no append is missed by a reader who waits and reads in turn") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let events = 300
            let reader = Task {
                var cursor = cursor("a")
                var seen: [String] = []
                while seen.count < events {
                    await engine.wait(for: [cursor])
                    let part = try await engine.read(cursor, bounds: ReadBounds())
                    seen += part.texts
                    if let last = part.offsets.last { cursor.offset = last + 1 }
                }
                return seen
            }
            for number in 0..<events {
                try await engine.append(texts: ["\(number)"], to: "a")
                if number % 7 == 0 { try await Task.sleep(for: .microseconds(200)) }
            }
            #expect(try await reader.value == (0..<events).map(String.init))
        },
    ]
}
