import Logging
import MoonrailCore

/// The second of a lane's three loops: runs the function, and decides what is to be settled.
struct LaneTransform: Sendable {
    let lane: LaneID
    let function: DeployableFunction
    let hosts: any FunctionHostStarter
    let input: Handoff<LaneBatch>
    let output: Handoff<UnsettledRun>
    let retry: Retry
    let logger: Logger
    let hostDied: @Sendable () -> Void

    /// Runs batches until there are no more. The host is started by the first event: a function
    /// whose station is quiet costs no process.
    func run(_ claim: LaneClaim) async {
        defer { output.finish() }
        var program = function.program
        program.partition = lane.partition
        var host = HostSlot(program: program, hosts: hosts, retry: retry)
        var builder = SettlementBuilder(
            claim: claim, version: function.version, outputs: function.definition.to)
        var position = claim.position
        while let batches = await input.takeAll() {
            for batch in batches {
                position = await run(batch, &host, &builder, from: position)
            }
        }
        await host.stop()
    }

    private func run(
        _ batch: LaneBatch, _ host: inout HostSlot, _ builder: inout SettlementBuilder,
        from position: Position
    ) async -> Position {
        var position = position
        var delivery = Delivery(count: batch.count)
        while let range = delivery.next, !Task.isCancelled {
            let ready: Delivery.Ready?
            var reply: RunReply?
            do {
                let ran = try await host.run(batch, range)
                log(ran.logs, batch)
                reply = ran
                ready = delivery.ran(ran.outcomes)
            } catch {
                // A stop that came while no host could be started.
                guard case .died(let reason) = error else { return position }
                logger.warning("\(lane): the host died and is started again: \(reason)")
                hostDied()
                ready = delivery.hostDied(reason)
            }
            guard let ready else { continue }
            let run = UnsettledRun(
                settlement: builder.settlement(
                    of: ready, in: batch, reply: reply, from: position),
                batch: batch, reply: reply, ready: ready)
            position = run.settlement.to
            await output.give(run)
        }
        return position
    }

    private func log(_ lines: [RunReply.LogLine], _ batch: LaneBatch) {
        for line in lines {
            let level: Logger.Level =
                switch line.level {
                case .debug: .debug
                case .info: .info
                case .warning: .warning
                case .error: .error
                }
            logger.log(level: level, "\(lane): \(line.text)")
        }
    }
}

/// A settlement that is not on disk yet, with what it takes to build it again.
struct UnsettledRun: Sendable {
    var settlement: Settlement
    let batch: LaneBatch
    let reply: RunReply?
    var ready: Delivery.Ready
}
