import MoonrailCore
import Synchronization

/// A running host process. It is stopped at the latest when the last reference to it goes.
package final class HostProcess: FunctionHost {
    /// Process id, for messages and measurements.
    package let processID: Int32
    package let layers: SandboxLayers

    private let connection: HostConnection
    private let deadlines: HostDeadlines
    private let program = Mutex<Program?>(nil)

    /// What replies are held against.
    private struct Program {
        var outputs: Int
        var limits: FunctionLimits
        var hasState = false
        var hasTimers = false

        /// From when a run's turn comes to when the host is held to be stuck. A timer may run
        /// twice, when it goes over a limit.
        var deadline: Duration {
            guard hasTimers else { return limits.wallDeadline }
            let firings = TimerDefinition.firings(stateBytes: limits.stateBytes)
            return limits.wallDeadline + limits.eventTime * 2 * firings
        }

        func expected(_ events: Int, _ isTimed: Bool) -> ExpectedResult {
            ExpectedResult(
                events: events, outputs: outputs, limits: limits, hasState: hasState,
                hasTimers: hasTimers, isTimed: isTimed)
        }
    }

    /// Waits for the READY frame.
    /// - Throws: `cannotStart`, and then the process is gone.
    init(
        connection: HostConnection, processID: Int32, deadlines: HostDeadlines
    ) async throws(HostError) {
        self.connection = connection
        self.processID = processID
        self.deadlines = deadlines
        do throws(ProtocolBreach) {
            switch await connection.exchange([], within: deadlines.start) {
            case .success(let frame): layers = try Self.layers(HostFrames.ready(frame))
            case .failure(.died(let reason)): throw ProtocolBreach(reason)
            case .failure(let error): throw ProtocolBreach(error.description)
            }
        } catch {
            throw .cannotStart(await connection.end(because: error.description, killing: true))
        }
    }

    deinit {
        connection.abandon()
    }

    /// After `loadFailed` the host takes another program; after `died` nothing more.
    package func load(_ program: FunctionProgram) async throws(HostError) -> [UInt8] {
        let request = try HostFrames.load(program)
        let frame = try await connection.exchange(request, within: deadlines.load).get()
        self.program.withLock { $0 = nil }
        let reply: HostFrames.LoadReply
        let loaded: Program
        do throws(ProtocolBreach) {
            reply = try HostFrames.loadReply(frame)
            loaded = try Self.program(program, reply: reply)
        } catch {
            throw await died(of: error)
        }
        switch reply {
        case .failed(let fault):
            throw .loadFailed(fault)
        case .loaded(let table):
            self.program.withLock { $0 = loaded }
            return table
        }
    }

    /// Copies the events once, and the reply not at all. To be called only after a load that
    /// succeeded, with at least one event.
    package func begin(
        _ batch: LaneBatch, range: Range<Int>, state: any StateSource, isTimed: Bool
    ) -> PendingRun {
        let program = loaded(for: range)
        if program.hasState {
            let prepared = prepare(batch, range: range)
            return PendingRun { () async throws(HostError) in
                try await prepared.begin(state, isTimed).reply()
            }
        }
        let reply = connection.send(
            HostFrames.run(batch, range: range, isTimed: isTimed), within: program.deadline)
        return pending(reply, program.expected(range.count, isTimed))
    }

    /// What was loaded, for a run of these events.
    private func loaded(for range: Range<Int>) -> Program {
        precondition(!range.isEmpty, "a run has at least one event")
        guard let program = program.withLock({ $0 }) else {
            preconditionFailure("a host runs nothing before a load succeeded")
        }
        return program
    }

    private func pending(_ reply: PendingReply, _ expected: ExpectedResult) -> PendingRun {
        PendingRun { () async throws(HostError) in
            let frame = try await reply.value().get()
            do throws(ProtocolBreach) {
                return try HostFrames.result(frame, expected: expected)
            } catch {
                throw await self.died(of: error)
            }
        }
    }

    /// Has the host find out the keys of the events; the values that it lacks go along with the
    /// run.
    package func prepare(_ batch: LaneBatch, range: Range<Int>) -> PreparedRun {
        let program = loaded(for: range)
        let preparation = connection.send(
            HostFrames.prepare(batch, range: range), within: program.deadline)
        return PreparedRun { (state, isTimed) async throws(HostError) in
            let prepared = try await preparation.value().get()
            let keys: [[UInt8]]
            do throws(ProtocolBreach) {
                keys = try HostFrames.prepared(prepared, events: range.count)
            } catch {
                throw await self.died(of: error)
            }
            let answers = try await state.answers(to: keys)
            var timers = TimerOrders.none
            var expected = program.expected(range.count, isTimed)
            if program.hasTimers {
                let due = try await state.dueTimers(latest: batch.latestTime(in: range))
                expected.stopped = due?.stopped ?? []
                timers = due.map { .due($0) } ?? .noneFire
            }
            let reply = self.connection.send(
                HostFrames.runPrepared(keys, answers, timers, isTimed: isTimed),
                within: program.deadline)
            return self.pending(reply, expected)
        }
    }

    package func yieldProcessor() {
        connection.yieldProcessor()
    }

    /// Gives the process one deadline to leave by itself; requests that wait fail with `died`.
    package func stop() async {
        await connection.end(because: "it was stopped", killing: false)
    }

    /// Kills the process for what it sent.
    private func died(of breach: ProtocolBreach) async -> HostError {
        .died(await connection.end(because: "broke the protocol: \(breach)", killing: true))
    }

    private static func layers(_ description: [UInt8]) throws(ProtocolBreach) -> SandboxLayers {
        guard case .object(let members)? = try? JSONValue(parsing: description) else {
            throw ProtocolBreach("it described its sandbox in something that is not JSON")
        }
        return SandboxLayers(members.mapValues { $0 == .bool(true) })
    }

    /// What the replies of a program that was loaded are held against.
    private static func program(
        _ program: FunctionProgram, reply: HostFrames.LoadReply
    ) throws(ProtocolBreach) -> Program {
        var loaded = Program(outputs: program.outputs.count, limits: program.limits)
        guard case .loaded(let table) = reply else { return loaded }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: table)
        } catch {
            throw ProtocolBreach("it described the script in something that is not JSON")
        }
        guard case .object(let fields) = value else { return loaded }
        loaded.hasState = fields["state"] != nil
        loaded.hasTimers = fields["on_timer"] != nil
        // It may write those that it was given, else those that its script names.
        guard program.outputs.isEmpty else { return loaded }
        switch fields["to"] {
        case .string: loaded.outputs = 1
        case .array(let stations): loaded.outputs = stations.count
        default: loaded.outputs = 0
        }
        return loaded
    }
}
