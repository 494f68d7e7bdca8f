import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Synchronization
import Testing

/// Who was answered, in order.
private final class Answers: Sendable {
    private let names = Mutex<[StationName]>([])

    var inOrder: [StationName] { names.withLock { $0 } }

    func add(_ name: StationName) {
        names.withLock { $0.append(name) }
    }
}

struct WriteOrderTests {
    private static func append(_ events: Int, to station: StationName) -> StationAppend {
        var records = EventRecords()
        for number in 0..<events {
            records.append(
                Event(
                    time: EventTime(microseconds: 0),
                    payload: Array("{\"station\":\"\(station)\",\"number\":\(number)}".utf8)))
        }
        return StationAppend(station: station, records: records)
    }

    /// Both are of one size for the queue, whose bound on a commit is below it.
    private static let large = 20_000

    @Test func `a small append does not wait for all the large ones that came before it`()
        async throws
    {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        let stations = try (0..<8).map { try StationName("large-\($0)") }
        for name in stations + ["small"] { try await engine.open(name, settings: nil) }
        let appends = stations.map { Self.append(Self.large, to: $0) }
        let answers = Answers()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for append in appends {
                tasks.addTask {
                    _ = try await engine.append(append)
                    answers.add(append.station)
                }
            }
            // Behind the first of them at least, as each takes a commit of its own.
            while answers.inOrder.isEmpty { await Task.yield() }
            let small = Self.append(1, to: "small")
            _ = try await engine.append(small)
            answers.add(small.station)
            try await tasks.waitForAll()
        }
        let places = answers.inOrder
        let place = try #require(places.firstIndex(of: "small"))
        #expect(place < stations.count, "it was the last of all: \(places)")
        for name in stations {
            let summary = try await engine.describe(name)
            #expect(summary.partitions[0].next == UInt64(Self.large))
        }
        await engine.close()
    }
}
