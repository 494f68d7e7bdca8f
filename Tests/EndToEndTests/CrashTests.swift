import Foundation
import MoonrailTestSupport
import Testing

/// The worker is killed while the line runs, and started again.
@Suite(.serialized) struct CrashTests {
    @Test func `a worker killed at twenty random moments loses nothing and repeats nothing`()
        async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("crash test seed: \(seed)")
        var random = SplitMix(state: seed)
        let expected = try TemperatureLine.expected()
        var killed = 0
        for _ in 0..<20 {
            let line = try TemperatureLine()
            defer { line.remove() }
            let produced = try await line.moonrail.run(
                "produce", "weather.fahrenheit", TemperatureLine.events.path, "--key", "city")
            #expect(produced.status == 0, "\(produced.errors)")
            // Several kills in one life of the data: also while it recovers from the one before.
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let worker = try line.moonrail.start(["run", "--until-idle"])
                try await Task.sleep(
                    for: .microseconds(Int.random(in: 10_000...600_000, using: &random)))
                worker.send(SIGKILL)
                if try await worker.finish().wasKilled { killed += 1 }
            }
            let last = try await line.moonrail.run("run", "--until-idle")
            #expect(last.status == 0, "\(last.errors)")
            for (station, readings) in expected {
                #expect(
                    try await line.stored(station) == Dictionary(grouping: readings, by: \.city),
                    "\(station), seed \(seed)")
            }
            #expect(try await line.moonrail.run("read", "dead.celsius").lines.isEmpty)
        }
        #expect(killed > 5, "the worker was mostly done before it was killed")
    }

    @Test func `a producer that is killed and repeats its file with ids stores each event once`()
        async throws
    {
        let line = try TemperatureLine()
        defer { line.remove() }
        let lines = (0..<20_000).map { #"{"id":"e\#($0)","n":\#($0)}"# }.joined(separator: "\n")
        let file = line.data.appendingPathExtension("ndjson")
        try lines.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        for delay in [20, 40, 60, 80, 120] {
            let producer = try line.moonrail.start(["produce", "events", file.path, "--id", "id"])
            try await Task.sleep(for: .milliseconds(delay))
            producer.send(SIGKILL)
            _ = try await producer.finish()
        }
        let whole = try await line.moonrail.run("produce", "events", file.path, "--id", "id")
        #expect(whole.status == 0, "\(whole.errors)")
        let stored = try await line.moonrail.run("read", "events", "--format", "data")
        #expect(stored.lines.count == 20_000)
        #expect(Set(stored.lines).count == 20_000)
    }
}

/// A small generator whose runs can be repeated from a printed seed (Steele, Lea and Flood,
/// "Fast Splittable Pseudorandom Number Generators", 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
