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
        let outputs: Int
        do throws(ProtocolBreach) {
            reply = try HostFrames.loadReply(frame)
            outputs = try Self.outputs(of: program, reply: reply)
        } catch {
            throw await died(of: error)
        }
        switch reply {
        case .failed(let fault):
            throw .loadFailed(fault)
        case .loaded(let table):
            self.program.withLock { $0 = Program(outputs: outputs, limits: program.limits) }
            return table
        }
    }

    /// Copies the events once, and the reply not at all. To be called only after a load that
    /// succeeded, with at least one event.
    package func begin(
        _ batch: LaneBatch, range: Range<Int>, isTimed: Bool
    ) -> PendingRun {
        precondition(!range.isEmpty, "a run has at least one event")
        guard let program = program.withLock({ $0 }) else {
            preconditionFailure("a host runs nothing before a load succeeded")
        }
        let reply = connection.send(
            HostFrames.run(batch, range: range, isTimed: isTimed),
            within: program.limits.wallDeadline)
        let expected = ExpectedResult(
            events: range.count, outputs: program.outputs, limits: program.limits,
            isTimed: isTimed)
        return PendingRun { () async throws(HostError) in
            let frame = try await reply.value().get()
            do throws(ProtocolBreach) {
                return try HostFrames.result(frame, expected: expected)
            } catch {
                throw await self.died(of: error)
            }
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

    /// How many stations the program may write: those it was given, else those its script names.
    private static func outputs(
        of program: FunctionProgram, reply: HostFrames.LoadReply
    ) throws(ProtocolBreach) -> Int {
        guard program.outputs.isEmpty, case .loaded(let table) = reply else {
            return program.outputs.count
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: table)
        } catch {
            throw ProtocolBreach("it described the script in something that is not JSON")
        }
        guard case .object(let fields) = value else { return 0 }
        switch fields["to"] {
        case .string: return 1
        case .array(let stations): return stations.count
        default: return 0
        }
    }
}
