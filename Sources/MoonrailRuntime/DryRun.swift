import MoonrailCore

/// Runs a function over events, one after the other, and tells what comes of each. Nothing is
/// appended, and no position moves.
package struct DryRun: Sendable {
    private let hosts: any FunctionHostStarter

    package init(hosts: any FunctionHostStarter) {
        self.hosts = hosts
    }

    /// An event and where it is from.
    package struct Input: Hashable, Sendable {
        package let station: StationName
        package let partition: UInt32
        package let offset: UInt64
        package let event: Event

        package init(station: StationName, partition: UInt32, offset: UInt64, event: Event) {
            self.station = station
            self.partition = partition
            self.offset = offset
            self.event = event
        }
    }

    /// What one event came to.
    package struct Report: Hashable, Sendable {
        package let input: Input
        /// What it emitted, in order; none when it failed or dropped the event.
        package var emissions: [Emission] = []
        /// What it logged, in order.
        package var logs: [RunReply.LogLine] = []
        /// Nil when it did not fail.
        package var fault: FunctionFault?
        /// From the event's way to the host until the answer was there.
        package var duration = Duration.zero
    }

    /// One event that would have been appended.
    package struct Emission: Hashable, Sendable {
        package let station: StationName
        package let event: Event
    }

    /// Runs `function` over `inputs` in their order, each in a run of its own, and calls `body`
    /// with each result as it comes. A host that dies is replaced for the next event.
    ///
    /// - Throws: `HostError` when no host can be started or the script does not load; what `body`
    ///   throws.
    package func run(
        _ function: DeployableFunction, over inputs: [Input],
        _ body: (Report) async throws -> Void
    ) async throws {
        var rest = inputs[...]
        while let partition = rest.first?.partition {
            var program = function.program
            program.partition = partition
            // The host keeps the state itself; time and timers are kept for it.
            let state = StateTable(
                timers: function.definition.timers,
                stateBytes: function.definition.limits.stateBytes)
            try await hosts.withHost(program) { host in
                while let input = rest.first, input.partition == partition {
                    rest.removeFirst()
                    let report = await Self.report(on: input, function.definition, host, state)
                    try await body(report)
                    if report.fault?.kind == .hostDied { return }
                }
            }
        }
    }

    private static func report(
        on input: Input, _ definition: FunctionDefinition, _ host: any FunctionHost,
        _ state: StateTable
    ) async -> Report {
        var part = StoredEvents(station: input.station, partition: input.partition)
        part.records.append(input.event)
        part.offsets.append(input.offset)
        var report = Report(input: input)
        let start = ContinuousClock.now
        do throws(HostError) {
            let batch = LaneBatch([part])
            let reply = try await host.run(batch, range: 0..<1, state: state)
            report.duration = .now - start
            report.logs = reply.logs
            state.apply(reply.stateChanges)
            state.move(by: reply, to: 0..<1, of: batch)
            for outcome in reply.outcomes + reply.firings.map(\.outcome) {
                report.take(outcome, of: reply, definition)
            }
        } catch {
            report.duration = .now - start
            report.fault = FunctionFault(kind: .hostDied, message: "\(error)")
        }
        return report
    }
}

extension DryRun.Report {
    /// Adds what the event came to, or a timer that fired after it.
    fileprivate mutating func take(
        _ outcome: Outcome, of reply: RunReply, _ definition: FunctionDefinition
    ) {
        switch outcome {
        case .done(let range):
            for index in range {
                reply.withEmission(index) { output, record in
                    emissions.append(
                        DryRun.Emission(station: definition.to[output], event: record.event))
                }
            }
        case .failed(let fault): if self.fault == nil { self.fault = fault }
        case .parked: break
        }
    }
}
