import Foundation
import MoonrailCore
import MoonrailEmbedded
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Functions that read several stations and keep state: what comes of them depends on the order in
/// which a lane takes its inputs, and that order is on record.
@Suite struct SeveralInputsTests {
    private static let partitions: UInt32 = 3
    private static let stations: [StationName] = ["orders", "payments", "returns"]

    /// Whatever it emits and keeps tells which events came before, of all stations.
    private static let script = """
        return {
          from = { "orders", "payments", "returns" }, to = "seen", batch = 24,
          state = { key = "customer", initial = { count = 0, trail = "" } },
          handler = function(event, context)
            local document, state = event.data, context.state
            if document.spin then while true do end end
            if document.bad then error("bad") end
            state.count = state.count + 1
            state.trail = (state.trail .. event.station:sub(1, 1)):sub(-12)
            if document.drop then return end
            return { n = document.n, count = state.count, trail = state.trail }
          end,
        }
        """

    private static func payload(
        _ random: inout SeededGenerator
    ) -> (key: String, payload: String) {
        let customer = "customer-\(random.number(0...20))"
        let extra =
            switch random.number(0...150) {
            case 0: #","spin":true"#
            case 1...4: #","bad":true"#
            case 5...20: #","drop":true"#
            default: ""
            }
        return (
            customer,
            #"{"customer":"\#(customer)","n":\#(random.number(0...999_999))\#(extra)}"#
        )
    }

    /// That running the recorded order again gives what is stored, byte by byte.
    ///
    /// - Returns: how many times lanes went from one input to another.
    private static func expectRecordedOrder(
        _ engine: EmbeddedEngine, _ deployment: Deployment, _ hosts: any FunctionHostStarter
    ) async throws -> (turns: Int, mixed: Int) {
        guard case .deployable(let function) = await deployment.examine(name: "join") else {
            Issue.record("it can't be deployed")
            return (0, 0)
        }
        let order = RecordedOrder(engine: engine, hosts: hosts, function: function)
        var (turns, mixed) = (0, 0)
        for partition in 0..<partitions {
            let again = try await order.run(partition)
            let stored = try await engine.readAll("seen", partition: partition)
            let payloads = stored.records.events.map(\.payload)
            #expect(again.payloads[0] ?? [] == payloads, "partition \(partition)")
            let lane = LaneID(function: "join", partition: partition)
            let values = try await engine.values(of: lane, in: .state, after: nil, limit: .max)
            let state = Dictionary(uniqueKeysWithValues: values.map { ($0.key, $0.value) })
            #expect(again.state.mapValues(\.encoded) == state, "partition \(partition)")
            turns += again.turns
            mixed += again.mixed
        }
        return (turns, mixed)
    }

    @Test func `the recorded order gives the same outputs and states again`() async throws {
        var random = SeededGenerator.printed()
        try await TestLine.with(["join": Self.script]) { line in
            for station in Self.stations + ["seen"] {
                try await line.engine.open(
                    station, settings: StationSettings(partitions: Self.partitions))
            }
            for round in 0..<4 {
                var sent: [(station: String, events: [(key: String, payload: String)])] = []
                for _ in 0..<40 {
                    let station = Self.stations[random.number(0...2)].text
                    sent.append(
                        (
                            station,
                            (0..<random.number(1...30)).map { _ in Self.payload(&random) }
                        ))
                }
                // Some come while it runs, some are there when it starts.
                if round % 2 == 0 {
                    try await line.whileRunning { _ in
                        for (station, events) in sent {
                            try await line.produce(station, keyed: events)
                        }
                    }
                } else {
                    for (station, events) in sent {
                        try await line.produce(station, keyed: events)
                    }
                    try await line.runUntilIdle()
                }
            }
            try await line.runUntilIdle()
            let (turns, mixed) = try await Self.expectRecordedOrder(
                line.engine, line.deployment(), line.hosts)
            #expect(turns > 20 && mixed > 5)
        }
    }

    @Test func `the recorded order is the one that counted, also after the worker was killed`()
        async throws
    {
        var random = SeededGenerator.printed()
        let directory = try TemporaryDirectory.make("join")
        defer { try? FileManager.default.removeItem(at: directory) }
        let functions = directory.appendingPathComponent("functions")
        try FileManager.default.createDirectory(at: functions, withIntermediateDirectories: true)
        try Self.script.write(
            to: functions.appendingPathComponent("join.lua"), atomically: true, encoding: .utf8)
        let data = directory.appendingPathComponent("data")
        let command = MoonrailCommand(data: data, functions: functions)
        for station in Self.stations + ["seen"] {
            try await command.run(
                "station", "create", station.text, "--partitions", "\(Self.partitions)")
        }
        var killed = 0
        for _ in 0..<6 {
            let worker = try command.start(["run", "--until-idle"])
            for station in Self.stations {
                let events = (0..<random.number(200...600)).map { _ in
                    Self.payload(&random).payload
                }
                try await command.run(
                    "produce", station.text, "--key", "customer",
                    input: events.joined(separator: "\n") + "\n")
            }
            worker.send(SIGKILL)
            if try await worker.finish().wasKilled { killed += 1 }
        }
        let last = try await command.run("run", "--until-idle")
        #expect(last.status == 0, "\(last.errors)")
        #expect(killed > 0)
        let engine = try EmbeddedEngine(directory: data.path)
        let hosts = RecordingHosts()
        let deployment = Deployment(
            directory: FunctionDirectory(path: functions.path), overrides: [:],
            limits: FunctionLimits(), hosts: hosts, readTests: { _ in [] },
            readManifest: { FunctionManifest(file: $1) })
        let (turns, _) = try await Self.expectRecordedOrder(engine, deployment, hosts)
        #expect(turns > 20)
        await engine.close()
    }
}
