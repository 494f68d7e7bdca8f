import MoonrailCore

/// Runs a dead letter's event through a function as its script and its state are now, in a host of
/// its own. Nothing is appended, and no state changes.
package struct LetterRehearsal: Sendable {
    private let engine: any LaneStore
    private let hosts: any FunctionHostStarter

    package init(engine: any LaneStore, hosts: any FunctionHostStarter) {
        self.engine = engine
        self.hosts = hosts
    }

    /// What the script did.
    package struct Report: Hashable, Sendable {
        package let version: FunctionVersion
        /// What it logged, in order.
        package var logs: [RunReply.LogLine] = []
        /// What it emitted, in order; none when it failed or dropped the event.
        package var emissions: [Emission] = []
        /// Nil when it did not fail.
        package var fault: FunctionFault?
    }

    /// One event that would have been appended.
    package struct Emission: Hashable, Sendable {
        package let station: StationName
        package let event: Event
    }

    /// A letter of a timer tells of no event: it is not run, and the report says so.
    ///
    /// - Throws: `HostError` when no host can be started or the script does not load.
    package func run(
        _ letter: DeadLetter, in function: DeployableFunction
    ) async throws(HostError) -> Report {
        if let timer = letter.timer {
            var report = Report(version: function.version)
            report.fault = FunctionFault(
                kind: .rejected,
                message: "timer '\(timer)' has failed, and not an event that could be run again")
            return report
        }
        var program = function.program
        program.partition = letter.partition
        let host = try await hosts.start()
        do throws(HostError) {
            _ = try await host.load(program)
            let lane = LaneID(function: function.name, partition: letter.partition)
            let reply = try await host.run(
                LetterBatch([letter]).batch, range: 0..<1,
                state: SettledState(lane: lane, engine: engine))
            await host.stop()
            return report(reply, of: function)
        } catch {
            await host.stop()
            guard case .died(let how) = error else { throw error }
            var report = Report(version: function.version)
            report.fault = FunctionFault(kind: .hostDied, message: "the host died: \(how)")
            return report
        }
    }

    private func report(_ reply: RunReply, of function: DeployableFunction) -> Report {
        var report = Report(version: function.version, logs: reply.logs)
        switch reply.outcomes.first {
        case .done(let range):
            for index in range {
                reply.withEmission(index) { output, record in
                    report.emissions.append(
                        Emission(
                            station: function.definition.to[output], event: record.event))
                }
            }
        case .failed(let fault): report.fault = fault
        case .parked, nil: break
        }
        return report
    }
}
