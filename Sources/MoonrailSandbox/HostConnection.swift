import Dispatch
import Glibc
import MoonrailCore
import Synchronization

/// The socket to one host and the process behind it, from its start to the moment it is reaped.
///
/// Requests are sent from the caller's thread as far as the socket takes them; the rest, and all
/// replies, are moved on the thread of `SocketPoller`. No call blocks. Whatever
/// goes wrong ends the connection, and the end always comes to the same: the socket is shut, the
/// process is gone and reaped, and all who wait are told the reason.
final class HostConnection: Sendable {
    private let socket: SocketDescriptor
    private let child: ChildProcess
    private let grace: Duration
    private let queue: DispatchQueue
    private let state = Mutex(State())

    /// All that changes, under one lock that is never held across anything that waits.
    private struct State {
        var requests = RequestQueue<PendingReply, SuspendingClock.Instant>(
            inFlightMaximum: HostConnection.inFlightMaximum)
        var receiver = FrameReceiver()
        /// A frame being sent, and how much of it was.
        var outgoing: [UInt8] = []
        var sent = 0
        var watch: SocketPoller.Watch?
        /// Whether the rest of `outgoing` waits until the socket takes more.
        var waitsForRoom = false
        /// CPU that the process had used when the oldest request's turn came.
        var processorTimeBefore = Duration.zero
        /// When the deadline is looked at next.
        var alarm: SuspendingClock.Instant?
        var phase = Phase.open
        /// Who waits for the end.
        var stopping: [CheckedContinuation<Void, Never>] = []
    }

    /// It only ever moves forward.
    private enum Phase {
        case open
        /// The socket is shut; the process was not reaped yet. Nil when its status is the reason.
        case ending(reason: String?)
        case ended(reason: String)
    }

    /// One that the host works on, and the next one in its socket: so it never waits for the worker
    /// between two of them.
    private static let inFlightMaximum = 2

    /// - Parameter grace: how long the process may take to leave once the socket is shut.
    init(socket: SocketDescriptor, child: ChildProcess, grace: Duration) {
        self.socket = socket
        self.child = child
        self.grace = grace
        // Onto the shared threads: a queue without a target may bring up a thread of its own.
        queue = DispatchQueue(label: "moonrail.function-host", target: .global())
    }

    /// Sends a request when it is its turn; the reply is waited for apart. Returns at once.
    ///
    /// The first call begins to read: from then on the connection lives until it has ended, whoever
    /// holds it.
    ///
    /// - Parameters:
    ///   - frame: a whole frame; empty to wait for what the host says first.
    ///   - timeout: from the moment the request is the oldest one; after it the host is killed, or
    ///     after ten times of it when it got less CPU than that meanwhile.
    func send(_ frame: consuming [UInt8], within timeout: Duration) -> PendingReply {
        let reply = PendingReply()
        // Handed on without a second reference, which would make the queue copy it.
        var request = frame
        let refusal = state.withLock { state -> String? in
            if case .ended(let reason) = state.phase { return reason }
            state.requests.add(Self.take(&request), within: timeout, for: reply)
            sendNext(&state)
            // Only now: what a host says before somebody waits for it is a breach.
            if case .open = state.phase, state.watch == nil { startReading(&state) }
            return nil
        }
        if let refusal { reply.come(.failure(.died(refusal))) }
        return reply
    }

    /// Sends a request, as `send` does, and waits for the reply. Not ended by cancellation.
    func exchange(_ frame: [UInt8], within timeout: Duration) async -> PendingReply.Value {
        await send(frame, within: timeout).value()
    }

    private static func take(_ bytes: inout [UInt8]) -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    /// Ends the connection and waits until the process is gone. May be repeated.
    ///
    /// - Parameters:
    ///   - reason: what those are told who wait or come later, unless it ended before.
    ///   - killing: whether the process gets no time to leave by itself.
    /// - Returns: the reason that holds.
    @discardableResult
    func end(because reason: String, killing: Bool) async -> String {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if case .ended = state.phase { return true }
                state.stopping.append(continuation)
                end(&state, because: reason, killing: killing)
                return false
            }
            if isOver { continuation.resume() }
        }
        return state.withLock {
            if case .ended(let reason) = $0.phase { reason } else { reason }
        }
    }

    func yieldProcessor() {
        child.yieldProcessor()
    }

    /// Ends the connection without waiting: for an owner that goes away.
    func abandon() {
        state.withLock { end(&$0, because: "it was stopped", killing: false) }
    }
}

// What is sent.
extension HostConnection {
    /// Sends the requests whose turn it is, as far as the socket takes them.
    private func sendNext(_ state: inout State) {
        guard case .open = state.phase else { return }
        while state.outgoing.isEmpty, let frame = state.requests.next(now: .now) {
            if state.requests.inFlight == 1 { noteProcessorTime(&state) }
            state.outgoing = frame
            state.sent = 0
            send(&state)
        }
        setAlarm(&state)
    }

    /// Takes note of the CPU that the oldest request found used.
    private func noteProcessorTime(_ state: inout State) {
        state.processorTimeBefore = child.processorTime ?? .zero
    }

    /// Sends as much as the socket takes, and has the rest sent when it takes more.
    private func send(_ state: inout State) {
        while state.sent < state.outgoing.count {
            let transfer = state.outgoing.withUnsafeBytes {
                socket.send(UnsafeRawBufferPointer(rebasing: $0[state.sent...]))
            }
            switch transfer {
            case .moved(let count):
                state.sent += count
            case .wouldBlock:
                if !state.waitsForRoom { setWaitsForRoom(true, &state) }
                return
            case .closed:
                return end(&state, because: nil, killing: false)
            }
        }
        state.outgoing = []
        if state.waitsForRoom { setWaitsForRoom(false, &state) }
    }

    /// Has `send` called again when the socket takes more, or no longer so.
    private func setWaitsForRoom(_ waits: Bool, _ state: inout State) {
        state.waitsForRoom = waits
        guard let watch = state.watch else { return }
        SocketPoller.shared.setWatchesRoom(waits, socket.number, watch)
    }
}

// What is received.
extension HostConnection {
    /// Has `moveBytes` called whenever there is something to read, the end included.
    private func startReading(_ state: inout State) {
        do throws(HostError) {
            let watch = try SocketPoller.shared.watch(socket.number) { self.moveBytes() }
            state.watch = watch
            if state.waitsForRoom {
                SocketPoller.shared.setWatchesRoom(true, socket.number, watch)
            }
        } catch {
            end(&state, because: error.description, killing: true)
        }
    }

    /// Moves what can be moved, in both directions.
    private func moveBytes() {
        state.withLock { state in
            guard case .open = state.phase, state.waitsForRoom else { return }
            send(&state)
            sendNext(&state)
        }
        receive()
    }

    /// Reads until there is nothing more to read, and hands the replies to those who wait.
    private func receive() {
        var replies: [(caller: PendingReply, frame: [UInt8])] = []
        state.withLock { state in
            guard case .open = state.phase else { return }
            do throws(ProtocolBreach) {
                while let frame = try nextFrame(&state) {
                    let caller = try state.requests.reply(
                        epoch: HostFrames.epoch(of: frame), now: .now)
                    replies.append((caller, frame))
                    if state.requests.inFlight > 0 { noteProcessorTime(&state) }
                    sendNext(&state)
                    if state.receiver.isBetweenFrames { break }
                }
            } catch {
                end(&state, because: "broke the protocol: \(error)", killing: true)
            }
        }
        for (caller, frame) in replies { caller.come(.success(frame)) }
    }

    /// The next whole frame; nil when there is none yet, or when the host closed its end.
    private func nextFrame(_ state: inout State) throws(ProtocolBreach) -> [UInt8]? {
        while true {
            switch state.receiver.step({ socket.receive(into: $0) }) {
            case .frame(let frame): return frame
            case .incomplete: continue
            case .wouldBlock: return nil
            case .broken(let breach): throw breach
            case .closed:
                end(&state, because: nil, killing: false)
                return nil
            }
        }
    }
}

// Deadlines and the end.
extension HostConnection {
    /// How often a host that used less CPU than its deadline is long gets that time once more.
    static let extensionsWhenStarved = 9

    /// Sees to it that the deadline is looked at in time. One alarm serves many requests: it is not
    /// moved with each of them.
    private func setAlarm(_ state: inout State) {
        guard let due = state.requests.deadline?.due else { return }
        if let alarm = state.alarm, alarm <= due { return }
        state.alarm = due
        let milliseconds = SuspendingClock.now.duration(to: due).wholeMilliseconds
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(milliseconds))) { [weak self] in
            self?.checkDeadline()
        }
    }

    /// Kills a host that is late; looks again later otherwise.
    private func checkDeadline() {
        state.withLock { state in
            state.alarm = nil
            guard case .open = state.phase, let deadline = state.requests.deadline else { return }
            if deadline.due > .now { return setAlarm(&state) }
            // A host that other work keeps from the processor is not at fault.
            let used = (child.processorTime ?? .zero) - state.processorTimeBefore
            if used < deadline.timeout, deadline.extensions < Self.extensionsWhenStarved {
                state.requests.extendDeadline(now: .now)
                return setAlarm(&state)
            }
            let waited = deadline.timeout * (deadline.extensions + 1)
            end(&state, because: "no reply within \(waited.words)", killing: true)
        }
    }

    /// Shuts the socket and begins to reap; the first reason given is the one that holds.
    private func end(_ state: inout State, because reason: String?, killing: Bool) {
        switch state.phase {
        case .ended:
            return
        case .ending:
            if killing { child.kill() }
        case .open:
            state.phase = .ending(reason: reason)
            if let watch = state.watch { SocketPoller.shared.unwatch(socket.number, watch) }
            state.watch = nil
            state.waitsForRoom = false
            state.outgoing = []
            state.receiver = FrameReceiver()
            socket.shutdown()
            if killing { child.kill() }
            child.reap(on: queue, grace: grace) { self.finish($0) }
        }
    }

    /// Tells all who wait; nothing is left to do after this.
    private func finish(_ status: ExitStatus) {
        var callers: [PendingReply] = []
        var stopping: [CheckedContinuation<Void, Never>] = []
        let reason = state.withLock { state in
            var reason = status.words
            if case .ending(let given?) = state.phase { reason = given }
            state.phase = .ended(reason: reason)
            callers = state.requests.removeAll()
            swap(&stopping, &state.stopping)
            return reason
        }
        for caller in callers { caller.come(.failure(.died(reason))) }
        for continuation in stopping { continuation.resume() }
    }
}
