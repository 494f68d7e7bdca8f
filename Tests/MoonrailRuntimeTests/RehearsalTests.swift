import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

@Suite struct RehearsalTests {
    private static let script = """
        return { from = "a", to = "b", handler = function(event, context)
          if event.data.n == 3 then error("no such luck") end
          return { n = event.data.n + (context.inputs.add or 0), r = math.random(1000000) }
        end }
        """

    private static func function(_ line: TestLine) async throws -> DeployableFunction {
        let examined = await line.deployment().examine(
            name: "add", file: "add.lua", source: Array(script.utf8))
        guard case .deployable(let function) = examined else {
            throw HostError.cannotStart("the script is no function: \(examined)")
        }
        return function
    }

    @Test func `two runs over the same events in fresh hosts are equal byte by byte`()
        async throws
    {
        try await TestLine.with([:]) { line in
            try await line.produce("a", (0..<1_500).map { #"{"n":\#($0)}"# })
            let report = try await Rehearsal(engine: line.engine, hosts: line.hosts)
                .twice(try await Self.function(line), sample: "a", last: 1_200)
            #expect(report.events == 1_200)
            #expect(report.differences.isEmpty)
            #expect(try await line.engine.stations().map(\.name.text) == ["a"])
        }
    }

    @Test func `a difference is told with its offset and both results`() async throws {
        try await TestLine.with([:]) { line in
            try await line.produce("a", (0..<20).map { #"{"n":\#($0)}"# })
            let report = try await Rehearsal(engine: line.engine, hosts: SkewedHosts(line.hosts))
                .twice(try await Self.function(line), sample: "a", last: 20)
            #expect(report.differences.count == Rehearsal.differencesMaximum)
            // Offset 3 raises in both runs, and so does not differ.
            #expect(report.differences.map(\.offset) == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10])
            #expect(report.differences.first?.first.hasPrefix(#"emitted {"n":0,"#) == true)
            #expect(report.differences.first?.second.hasPrefix(#"emitted {"n":100,"#) == true)
        }
    }
}

/// Real hosts, every second of which runs with another input: as if the script were not
/// deterministic, which no script in the sandbox can be.
private actor SkewedHosts: FunctionHostStarter {
    private let hosts: any FunctionHostStarter
    private var started = 0

    init(_ hosts: any FunctionHostStarter) {
        self.hosts = hosts
    }

    func start() async throws(HostError) -> any FunctionHost {
        started += 1
        let isSkewed = started.isMultiple(of: 2)
        return SkewedHost(host: try await hosts.start(), isSkewed: isSkewed)
    }
}

private struct SkewedHost: FunctionHost {
    let host: any FunctionHost
    let isSkewed: Bool

    var layers: SandboxLayers { host.layers }

    func load(_ program: FunctionProgram) async throws(HostError) -> [UInt8] {
        var program = program
        if isSkewed { program.inputs = Array(#"{"add":100}"#.utf8) }
        return try await host.load(program)
    }

    func begin(
        _ batch: LaneBatch, range: Range<Int>, state: any StateSource, isTimed: Bool
    ) -> PendingRun {
        host.begin(batch, range: range, state: state, isTimed: isTimed)
    }

    func prepare(_ batch: LaneBatch, range: Range<Int>) -> PreparedRun {
        host.prepare(batch, range: range)
    }

    func yieldProcessor() {
        host.yieldProcessor()
    }

    func stop() async {
        await host.stop()
    }
}
