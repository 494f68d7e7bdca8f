import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Many deployments while events flow, half of them broken.
@Suite struct DeploymentStormTests {
    private static let partitions: UInt32 = 2

    private static let broken = [
        "return {", "return 1", "error('at load')", "return { from = 'a', to = 'b' }",
        "return { form = 'a', handler = function() end }",
        "return { from = 'a', to = 'a', handler = function() end }",
    ]

    /// What one event came out as.
    private struct Output: Hashable {
        let number: Int
        let save: Int
        let version: String
    }

    /// Set `MOONRAIL_DEPLOYMENTS=1000` for the long form.
    @Test func `no event is lost, repeated, or seen by a half-deployed version`() async throws {
        let deployments =
            ProcessInfo.processInfo.environment["MOONRAIL_DEPLOYMENTS"].flatMap { Int($0) } ?? 24
        var random = SeededGenerator.printed()
        let seed = random.seed
        try await TestLine.with(["f": HotDeploymentTests.stamping("0")]) { line in
            for station in ["a", "b"] as [StationName] {
                try await line.engine.open(station, settings: .init(partitions: Self.partitions))
            }
            try await line.whileRunning { worker in
                try await line.waitForState("running", worker)
                let stop = StopFlag()
                async let produced = Self.produce(into: line, until: stop)
                for save in 1...deployments {
                    if save % 2 == 1 {
                        let wrong = Self.broken.randomElement(using: &random) ?? ""
                        try line.write("f", wrong + " -- \(save)")
                        let status = try await line.wait(worker, for: "f") {
                            $0.failedDeployment != nil
                        }
                        #expect(status.state == .running, "seed \(seed)")
                    } else {
                        try line.write("f", HotDeploymentTests.stamping("\(save)"))
                        try await line.wait(worker, for: "f") { $0.failedDeployment == nil }
                    }
                }
                stop.raise()
                try await line.waitForPayloads("b", count: UInt64(try await produced))
                let count = try await produced
                var all: [Output] = []
                for partition in 0..<Self.partitions {
                    let outputs = try await Self.outputs(line, partition)
                    all += outputs
                    Self.check(outputs, seed: seed)
                }
                #expect(all.map(\.number).sorted() == Array(0..<count), "seed \(seed)")
                #expect(all.allSatisfy { $0.save % 2 == 0 }, "seed \(seed)")
            }
        }
    }

    /// Versions change only forward, and each event says the version that made it.
    private static func check(_ outputs: [Output], seed: UInt64) {
        let saves = outputs.map(\.save)
        #expect(saves == saves.sorted(), "seed \(seed)")
        for (_, group) in Dictionary(grouping: outputs, by: \.save) {
            #expect(Set(group.map(\.version)).count == 1, "seed \(seed)")
        }
    }

    private static func outputs(_ line: TestLine, _ partition: UInt32) async throws -> [Output] {
        var outputs: [Output] = []
        var cursor = StationCursor(station: "b", partition: partition, offset: 0)
        while true {
            let events = try await line.engine.read(cursor, bounds: ReadBounds())
            guard let last = events.offsets.last else { return outputs }
            for index in 0..<events.count {
                let payload = events.records.withRecord(index) { Array($0.payload) }
                guard case .object(let fields) = try JSONValue(parsing: payload),
                    case .integer(let number) = fields["n"], case .string(let stamp) = fields["by"],
                    let save = Int(stamp), let cause = events.cause(index)
                else {
                    Issue.record("not an output: \(String(decoding: payload, as: UTF8.self))")
                    continue
                }
                outputs.append(
                    Output(
                        number: Int(number), save: save, version: cause.origin.version.text))
            }
            cursor.offset = last + 1
        }
    }

    /// Appends numbered events to all partitions until `stop`, and answers how many.
    private static func produce(into line: TestLine, until stop: StopFlag) async throws -> Int {
        var count = 0
        while !stop.isRaised {
            var events: [(key: String, payload: String)] = []
            for number in count..<count + 10 {
                events.append((key: "k\(number % 7)", payload: #"{"n":\#(number)}"#))
            }
            try await line.produce("a", keyed: events)
            count += 10
            try await Task.sleep(for: .milliseconds(2))
        }
        return count
    }
}
