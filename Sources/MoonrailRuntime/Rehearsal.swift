import MoonrailCore

/// Runs a function over stored events twice, each time in a fresh host, and compares what comes of
/// each event byte by byte. Nothing is appended.
package struct Rehearsal: Sendable {
    private let engine: any StationEngine
    private let hosts: any FunctionHostStarter

    package init(engine: any StationEngine, hosts: any FunctionHostStarter) {
        self.engine = engine
        self.hosts = hosts
    }

    /// What the comparison found.
    package struct Report: Hashable, Sendable {
        package var events = 0
        /// Where the two runs differ, in the order of reading; at most `differencesMaximum`.
        package var differences: [Difference] = []
    }

    /// One event that came out differently.
    package struct Difference: Hashable, Sendable {
        package let partition: UInt32
        package let offset: UInt64
        package let first: String
        package let second: String
    }

    /// After as many differences the comparison ends: more would tell nothing new.
    package static let differencesMaximum = 10

    /// Runs `function` over the last `count` events of each partition of `sample`.
    ///
    /// - Throws: `EngineError` when the events can't be read, `HostError` when no host can run.
    package func twice(
        _ function: DeployableFunction, sample: StationName, last count: UInt64
    ) async throws -> Report {
        let summary = try await engine.describe(sample)
        var report = Report()
        for (number, partition) in summary.partitions.enumerated() {
            var program = function.program
            program.partition = UInt32(number)
            let first = partition.next - min(count, partition.events)
            try await hosts.withHost(program) { one in
                try await hosts.withHost(program) { other in
                    try await compare(
                        StationCursor(
                            station: sample, partition: UInt32(number), offset: first),
                        end: partition.next, Side(one, function.definition),
                        Side(other, function.definition), &report)
                }
            }
        }
        return report
    }

    private func compare(
        _ cursor: StationCursor, end: UInt64, _ one: Side, _ other: Side,
        _ report: inout Report
    ) async throws {
        var cursor = cursor
        while cursor.offset < end, report.differences.count < Self.differencesMaximum {
            let events = try await engine.read(cursor, bounds: ReadBounds())
            guard let last = events.offsets.last else { return }
            let batch = LaneBatch([events])
            let first = try await Self.results(of: batch, in: one)
            let second = try await Self.results(of: batch, in: other)
            report.events += batch.count
            for (index, pair) in zip(first, second).enumerated() where pair.0 != pair.1 {
                report.differences.append(
                    Difference(
                        partition: cursor.partition, offset: events.offsets[index],
                        first: pair.0.description, second: pair.1.description))
            }
            cursor.offset = last + 1
        }
        report.differences.removeLast(
            max(0, report.differences.count - Self.differencesMaximum))
    }

    /// What each event of the batch came to; a host may answer for fewer than it was asked for.
    private static func results(
        of batch: LaneBatch, in side: Side
    ) async throws -> [Result] {
        var results: [Result] = []
        while results.count < batch.count {
            let range = results.count..<batch.count
            let reply = try await side.host.run(batch, range: range, state: side.state)
            side.state.apply(reply.stateChanges)
            side.state.move(by: reply, to: range, of: batch)
            for outcome in reply.outcomes {
                results.append(Result(outcome, of: reply))
            }
            for firing in reply.firings {
                results[range.lowerBound + firing.event].firings
                    .append(Result(firing.outcome, of: reply))
            }
        }
        return results
    }

    /// One of the two runs, with the state that it keeps.
    private struct Side {
        let host: any FunctionHost
        let state: StateTable

        init(_ host: any FunctionHost, _ definition: FunctionDefinition) {
            self.host = host
            state = StateTable(
                timers: definition.timers, stateBytes: definition.limits.stateBytes)
        }
    }

    /// Everything that one event came to, in a form that compares byte by byte.
    private struct Result: Hashable, CustomStringConvertible {
        var emissions: [[UInt8]] = []
        var outputs: [Int] = []
        var fault: FunctionFault?
        /// Of the timers that fired after it.
        var firings: [Result] = []

        init(_ outcome: Outcome, of reply: RunReply) {
            switch outcome {
            case .failed(let fault):
                self.fault = fault
            case .parked:
                preconditionFailure("a host parks nothing")
            case .done(let range):
                for index in range {
                    reply.withEmission(index) { output, record in
                        outputs.append(output)
                        emissions.append(Array(record.bytes))
                    }
                }
            }
        }

        var description: String {
            ([ownDescription] + firings.map { "a timer \($0.ownDescription)" })
                .joined(separator: ", ")
        }

        private var ownDescription: String {
            if let fault { return "\(fault.kind.name): \(fault.message)" }
            if emissions.isEmpty { return "dropped" }
            let payloads = emissions.compactMap { bytes in
                bytes.withUnsafeBytes { buffer in
                    EventRecord(startOf: buffer).map {
                        String(decoding: $0.payload.prefix(200), as: UTF8.self)
                    }
                }
            }
            return "emitted " + payloads.joined(separator: " ")
        }
    }
}
