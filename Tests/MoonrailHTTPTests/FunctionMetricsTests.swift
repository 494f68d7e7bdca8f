import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime
import Testing

/// Which functions are behind and do not get on.
@Suite struct FunctionMetricsTests {
    private static func isStalled(
        lag: UInt64, since: Duration?, in state: FunctionStatus.State = .running
    ) throws -> Bool {
        let name = try FunctionName("f")
        var status = FunctionStatus(name: name, file: "functions/f.lua", state: state)
        status.sinceProgress[0] = since
        let lane = LaneSummary(
            lane: LaneID(function: name, partition: 0), position: Position(), generation: 0,
            counts: LaneCounts(), lag: lag, settlements: 0)
        return FunctionMetrics.isStalled(status, [lane])
    }

    @Test func `a function with nothing to do is not stalled, however long ago it did something`()
        throws
    {
        #expect(try !Self.isStalled(lag: 0, since: .seconds(3_600)))
        #expect(try !Self.isStalled(lag: 0, since: nil, in: .paused("why")))
    }

    @Test func `a function that is behind and settles is not stalled`() throws {
        #expect(try !Self.isStalled(lag: 1, since: .seconds(29)))
    }

    @Test func `a function that is behind and settles nothing is stalled`() throws {
        #expect(try Self.isStalled(lag: 1, since: .seconds(30)))
    }

    @Test func `a function that is behind and does not run is stalled at once`() throws {
        #expect(try Self.isStalled(lag: 1, since: nil, in: .paused("why")))
        #expect(try Self.isStalled(lag: 1, since: nil, in: .failed("why")))
    }
}
