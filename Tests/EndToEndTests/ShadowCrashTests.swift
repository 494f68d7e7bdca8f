import Foundation
import MoonrailTestSupport
import Testing

/// A worker that is killed while a shadow runs, and while it takes its function's place.
@Suite(.serialized) struct ShadowCrashTests {
    private static let doubling = """
        return {
          from = "in", to = "out",
          handler = function(event) return { n = event.data.n, twice = event.data.n * 2 } end,
        }
        """
    private static let reading = """
        return {
          from = "out", to = "seen",
          handler = function(event) return { n = event.data.n } end,
        }
        """
    private static let events = 20_000

    private static func with(
        _ body: (MoonrailCommand, _ folder: URL) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory.make("shadow")
        defer { try? FileManager.default.removeItem(at: folder) }
        let functions = folder.appendingPathComponent("functions")
        try FileManager.default.createDirectory(at: functions, withIntermediateDirectories: true)
        for (name, source) in [("double", doubling), ("read", reading)] {
            try source.write(
                to: functions.appendingPathComponent(name + ".lua"), atomically: true,
                encoding: .utf8)
        }
        let moonrail = MoonrailCommand(
            data: folder.appendingPathComponent("data"), functions: functions)
        try await produce(0..<events, moonrail)
        #expect(try await moonrail.run("run", "--until-idle").status == 0)
        let begun = try await moonrail.run(
            "offset", "reset", "double", "--to", "earliest", "--outputs", "shadow", "--yes")
        #expect(begun.status == 0, "\(begun.errors)")
        try await body(moonrail, folder)
    }

    private static func produce(_ range: Range<Int>, _ moonrail: MoonrailCommand) async throws {
        let input = range.map { "{\"n\":\($0)}" }.joined(separator: "\n")
        #expect(try await moonrail.run("produce", "in", input: input).status == 0)
    }

    private static func numbers(
        _ station: String, _ moonrail: MoonrailCommand
    ) async throws -> [String] {
        try await moonrail.run("read", station, "--format", "data").lines.map { line in
            String(line.split(whereSeparator: { ":,}".contains($0) })[1])
        }
    }

    /// Everything of history and what came since is in its place once.
    private static func expectWhole(_ count: Int, _ moonrail: MoonrailCommand) async throws {
        let all = (0..<count).map { "\($0)" }
        for station in ["out", "shadow.double.out", "seen"] {
            let found = try await numbers(station, moonrail)
            #expect(found == all, "\(station) has \(found.count)")
        }
        let doctor = try await moonrail.run("doctor")
        #expect(doctor.status == 0, "\(doctor.output)")
    }

    @Test func `a shadow goes on after the worker was killed, and loses and repeats nothing`()
        async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("shadow crash test seed: \(seed)")
        var random = SplitMix(state: seed)
        try await Self.with { moonrail, _ in
            var killed = 0
            for round in 0..<5 {
                let last = Self.events + round * 100
                try await Self.produce(last..<last + 100, moonrail)
                let worker = try moonrail.start(["run", "--until-idle"])
                try await Task.sleep(
                    for: .microseconds(Int.random(in: 20_000...200_000, using: &random)))
                worker.send(SIGKILL)
                if try await worker.finish().wasKilled { killed += 1 }
            }
            #expect(killed > 0, "the worker was done before it was killed, seed \(seed)")
            #expect(try await moonrail.run("run", "--until-idle").status == 0)
            try await Self.expectWhole(Self.events + 500, moonrail)
            let compared = try await moonrail.run("replay", "compare", "double")
            #expect(compared.status == 0, "\(compared.output)")
            let swapped = try await moonrail.run("replay", "swap", "double")
            #expect(swapped.status == 0, "\(swapped.errors)")
            try await Self.expectWhole(Self.events + 500, moonrail)
        }
    }

    @Test(arguments: ["exchange", "recovery:2"])
    func `a worker that is killed around a swap leaves what was before or what is after it`(
        point: String
    ) async throws {
        try await Self.with { moonrail, _ in
            #expect(try await moonrail.run("run", "--until-idle").status == 0)
            var environment = moonrail.environment
            environment["MOONRAIL_CRASH_POINT"] = point
            let broken = try await MoonrailCommand(environment: environment)
                .run("replay", "swap", "double")
            // One is met before the commit, the other never.
            #expect(broken.wasKilled == (point == "exchange"))
            let generations = try await Self.generations(moonrail)
            #expect(generations == (point == "exchange" ? ["0"] : ["1"]))
            try await Self.produce(Self.events..<Self.events + 10, moonrail)
            #expect(try await moonrail.run("run", "--until-idle").status == 0)
            if point == "exchange" {
                let swapped = try await moonrail.run("replay", "swap", "double")
                #expect(swapped.status == 0, "\(swapped.errors)")
                try await Self.expectWhole(Self.events + 10, moonrail)
            } else {
                #expect(try await Self.numbers("seen", moonrail).count == Self.events + 10)
            }
        }
    }

    /// Those of the outputs.
    private static func generations(_ moonrail: MoonrailCommand) async throws -> Set<String> {
        let read = try await moonrail.run("read", "out", "--format", "json")
        return Set(
            read.lines.map { line in
                line.components(separatedBy: #""moonrailgeneration":""#).dropFirst().first
                    .map { String($0.prefix { $0 != "\"" }) } ?? "0"
            })
    }

    @Test func `beside live events a worker that is killed around the swap repeats nothing`()
        async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("swap crash test seed: \(seed)")
        var random = SplitMix(state: seed)
        try await Self.with { moonrail, folder in
            #expect(try await moonrail.run("run", "--until-idle").status == 0)
            var count = Self.events
            for _ in 0..<4 {
                let worker = try moonrail.start(["run"])
                let socket = folder.appendingPathComponent("data/moonrail.sock").path
                for _ in 0..<1_000 where !FileManager.default.fileExists(atPath: socket) {
                    try await Task.sleep(for: .milliseconds(10))
                }
                try await Self.produce(count..<count + 500, moonrail)
                count += 500
                let swap = try moonrail.start(["replay", "swap", "double"])
                try await Task.sleep(
                    for: .microseconds(Int.random(in: 10_000...150_000, using: &random)))
                worker.send(SIGKILL)
                _ = try await worker.finish()
                try? FileManager.default.removeItem(atPath: socket)
                swap.send(SIGKILL)
                _ = try await swap.finish()
                #expect(try await moonrail.run("run", "--until-idle").status == 0)
                let seen = try await Self.numbers("seen", moonrail)
                #expect(seen == (0..<count).map { "\($0)" }, "seed \(seed)")
                let out = try await Self.numbers("out", moonrail)
                #expect(out == (0..<count).map { "\($0)" }, "seed \(seed)")
            }
            let doctor = try await moonrail.run("doctor")
            #expect(doctor.status == 0, "\(doctor.output), seed \(seed)")
        }
    }
}
