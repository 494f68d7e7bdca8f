import MoonrailCore
import MoonrailEmbedded
import MoonrailRuntime
import MoonrailTestSupport

/// Runs a function once more over what its journal says that a lane took, in the recorded order,
/// in a host of its own and with state from nothing.
struct RecordedOrder {
    let engine: EmbeddedEngine
    let hosts: any FunctionHostStarter
    let function: DeployableFunction

    /// What it comes to.
    struct Result {
        /// Payloads by the number of their output.
        var payloads: [Int: [[UInt8]]] = [:]
        var state: [[UInt8]: StateValue] = [:]
        /// How many times the next event was one of another station than the one before.
        var turns = 0
        /// Settlements that took events of several stations.
        var mixed = 0
    }

    func run(_ partition: UInt32) async throws -> Result {
        let lane = LaneID(function: function.name, partition: partition)
        var program = function.program
        program.partition = partition
        let host = try await hosts.start()
        _ = try await host.load(program)
        let state = StateTable()
        var result = Result()
        var last: StationName?
        for record in try await engine.journal(of: lane, from: 0, limit: .max) {
            var parts: [StoredEvents] = []
            for taken in record.taken {
                if let last, last != taken.station { result.turns += 1 }
                last = taken.station
                parts.append(try await events(taken, partition))
            }
            if Set(record.taken.map(\.station)).count > 1 { result.mixed += 1 }
            try await run(LaneBatch(parts), record.verdicts, host, state, &result)
        }
        result.state = state.all
        await host.stop()
        return result
    }

    /// Runs a batch; events with a verdict are left out, as they changed nothing.
    private func run(
        _ batch: LaneBatch, _ verdicts: [JournalRecord.Verdict], _ host: any FunctionHost,
        _ state: StateTable, _ result: inout Result
    ) async throws {
        func hasVerdict(_ number: Int) -> Bool {
            let place = batch.inputPlace(number)
            return verdicts.contains {
                $0.station == place.station && $0.offset == place.offset
            }
        }
        var next = 0
        while next < batch.count {
            if hasVerdict(next) {
                next += 1
                continue
            }
            let end = (next..<batch.count).first(where: hasVerdict) ?? batch.count
            let reply = try await host.run(batch, range: next..<end, state: state)
            state.apply(reply.stateChanges)
            for number in reply.emissions.indices {
                reply.withEmission(number) { output, record in
                    result.payloads[output, default: []].append(Array(record.payload))
                }
            }
            next += reply.outcomes.count
        }
    }

    private func events(
        _ taken: JournalRecord.Taken, _ partition: UInt32
    ) async throws -> StoredEvents {
        try await engine.read(
            StationCursor(station: taken.station, partition: partition, offset: taken.first),
            bounds: ReadBounds(events: Int(taken.last - taken.first) + 1, bytes: .max))
    }
}
