import MoonrailCore

/// Runs the cases of a function's tests, each in a host of its own; there is no store and no
/// worker.
package struct FunctionTester: Sendable {
    private let hosts: any FunctionHostStarter

    package init(hosts: any FunctionHostStarter) {
        self.hosts = hosts
    }

    /// What became of one case.
    package struct Report: Hashable, Sendable {
        package let test: FunctionTest
        /// Empty when it passed.
        package var differences: [String]
        /// What the script logged, in order.
        package var logs: [RunReply.LogLine]
        /// Start of the host included.
        package var duration: Duration

        package var passed: Bool { differences.isEmpty }
    }

    /// - Throws: `HostError` when no host can be started or the script does not load.
    package func run(
        _ test: FunctionTest, of function: DeployableFunction
    ) async throws -> Report {
        var report = Report(test: test, differences: [], logs: [], duration: .zero)
        if let unknown = Self.stationNotRead(in: test, function.definition) {
            report.differences = [unknown]
            return report
        }
        if function.definition.state == nil, !test.state.isEmpty || test.expected.state != nil {
            report.differences = [
                "the case speaks of state, and the function keeps none; declare it with state = {}"
            ]
            return report
        }
        let start = ContinuousClock.now
        let (outcome, logs) = try await outcome(of: test, in: function)
        report.logs = logs
        report.differences = test.expected.differences(from: outcome)
        report.duration = .now - start
        return report
    }

    /// What comes of a case's events, whatever is expected of them.
    ///
    /// - Throws: `HostError` when no host can be started or the script does not load.
    package func outcome(
        of test: FunctionTest, in function: DeployableFunction
    ) async throws -> (FunctionTest.Outcome, logs: [RunReply.LogLine]) {
        var program = function.program
        if let inputs = test.inputs { program.inputs = try inputs.encoded() }
        return try await hosts.withHost(program) { host in
            try await run(test, function.definition, host)
        }
    }

    private static func stationNotRead(
        in test: FunctionTest, _ definition: FunctionDefinition
    ) -> String? {
        let stations = test.events.compactMap(\.station)
        guard let unknown = stations.first(where: { !definition.from.contains($0) }) else {
            return nil
        }
        return "an event is given to station '\(unknown)', which the function does not read"
            + suggestion(for: unknown.text, among: definition.from.map(\.text))
    }

    private func run(
        _ test: FunctionTest, _ definition: FunctionDefinition, _ host: any FunctionHost
    ) async throws -> (FunctionTest.Outcome, logs: [RunReply.LogLine]) {
        let batch = Self.batch(of: test, definition)
        let state = try Self.state(before: test, definition)
        var outcome = FunctionTest.Outcome()
        var logs: [RunReply.LogLine] = []
        var next = 0
        while next < batch.count {
            let reply: RunReply
            do throws(HostError) {
                reply = try await host.run(batch, range: next..<batch.count, state: state)
            } catch {
                outcome.faults.append(FunctionFault(kind: .hostDied, message: "\(error)"))
                outcome.state = Self.json(of: state)
                return (outcome, logs)
            }
            logs += reply.logs
            for change in reply.stateChanges {
                if state.all[change.key]?.json != change.value?.json {
                    outcome.changedKeys.insert(String(decoding: change.key, as: UTF8.self))
                }
                state.apply([change])
            }
            state.move(by: reply, to: next..<batch.count, of: batch)
            next += reply.outcomes.count
            outcome.take(reply, definition)
        }
        outcome.state = Self.json(of: state)
        return (outcome, logs)
    }

    private static func state(
        before test: FunctionTest, _ definition: FunctionDefinition
    ) throws -> StateTable {
        let version = test.stateVersion ?? definition.state?.version ?? 1
        var values: [[UInt8]: StateValue] = [:]
        for (key, value) in test.state {
            values[Array(key.utf8)] = StateValue(json: try value.encoded(), version: version)
        }
        return StateTable(
            values, timers: definition.timers, stateBytes: definition.limits.stateBytes)
    }

    private static func json(of state: StateTable) -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for (key, value) in state.all {
            values[String(decoding: key, as: UTF8.self)] =
                (try? JSONValue(parsing: Array(value.json))) ?? .null
        }
        return values
    }

    /// The events in their order: a part for each stretch of one station.
    private static func batch(
        of test: FunctionTest, _ definition: FunctionDefinition
    ) -> LaneBatch {
        var parts: [StoredEvents] = []
        for (number, given) in test.events.enumerated() {
            let station = given.station ?? definition.from[0]
            if parts.last?.station != station {
                parts.append(StoredEvents(station: station, partition: 0))
            }
            parts[parts.count - 1].records.append(given.event)
            parts[parts.count - 1].offsets.append(UInt64(number))
        }
        return LaneBatch(parts)
    }
}

extension FunctionTest.Outcome {
    /// Adds what the events came to, and the timers that fired after each.
    fileprivate mutating func take(_ reply: RunReply, _ definition: FunctionDefinition) {
        var firings = reply.firings[...]
        for (event, outcome) in reply.outcomes.enumerated() {
            take(outcome, of: reply, definition)
            while let firing = firings.first, firing.event == event {
                take(firing.outcome, of: reply, definition)
                firings.removeFirst()
            }
        }
    }

    private mutating func take(
        _ outcome: Outcome, of reply: RunReply, _ definition: FunctionDefinition
    ) {
        switch outcome {
        case .done(let range):
            for index in range {
                reply.withEmission(index) { output, record in
                    emissions[definition.to[output], default: []].append(record.event)
                }
            }
        case .failed(let fault): faults.append(fault)
        case .parked: break
        }
    }
}
