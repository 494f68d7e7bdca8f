/// A sandboxed process that runs one function. Only it knows Lua. No call blocks a thread.
package protocol FunctionHost: Sendable {
    /// The layers of its sandbox, as the host told when it was locked down.
    var layers: SandboxLayers { get }

    /// Compiles the program, replacing the one before, and answers with the table that the script
    /// returned, as JSON; functions in it show as the string `<function>`.
    ///
    /// - Throws: `loadFailed`, and then the host runs nothing; `died`.
    func load(_ program: FunctionProgram) async throws(HostError) -> [UInt8]

    /// Has the handler run over the events of `range`, in order, behind what was begun before; the
    /// reply covers at least the first of them. Returns at once. May be repeated: running has no
    /// effect outside the reply, but that the host goes on with the state that it told there.
    ///
    /// - Parameters:
    ///   - state: asked for the values that the host lacks while the reply is waited for, when the
    ///     program keeps state. Such a program's next run is begun after this one's reply, but may
    ///     be prepared before.
    ///   - isTimed: whether the reply is to tell how long each event takes.
    func begin(
        _ batch: LaneBatch, range: Range<Int>, state: any StateSource, isTimed: Bool
    ) -> PendingRun

    /// Has the host find out which values a run of these events needs, behind what was begun
    /// before; of a program that keeps state. Returns at once. What was prepared is begun before
    /// anything else, or the host is stopped.
    func prepare(_ batch: LaneBatch, range: Range<Int>) -> PreparedRun

    /// For the rest of its life the process gets what others leave it of the processor. May be
    /// repeated.
    func yieldProcessor()

    /// Ends the process and waits until it is gone. May be repeated.
    func stop() async
}

/// A run that a host was given.
package struct PendingRun: Sendable {
    /// Waits for the reply. To be called once at most: a run whose reply nobody wants any more is
    /// simply dropped.
    ///
    /// - Throws: `died`, after which the host is of no further use. The death is this run's own
    ///   when all that were begun before were answered.
    package let reply: @Sendable () async throws(HostError) -> RunReply

    package init(reply: @escaping @Sendable () async throws(HostError) -> RunReply) {
        self.reply = reply
    }
}

/// A run whose events a host has, and which waits for the state that the host lacks.
package struct PreparedRun: Sendable {
    /// Gives the host what it lacks and has it run the events; `isTimed` is as with
    /// `FunctionHost.begin`. To be called once.
    ///
    /// - Throws: as `PendingRun.reply`, and as `StateSource.answers`.
    package let begin:
        @Sendable (_ state: any StateSource, _ isTimed: Bool) async throws(HostError) -> PendingRun

    package init(
        begin: @escaping @Sendable (any StateSource, Bool) async throws(HostError) -> PendingRun
    ) {
        self.begin = begin
    }
}

extension FunctionHost {
    /// `begin` without times, of a program that keeps no state.
    package func begin(_ batch: LaneBatch, range: Range<Int>) -> PendingRun {
        begin(batch, range: range, state: StateTable(), isTimed: false)
    }

    /// Runs the handler over the events of `range`, as `begin` does, and waits for the reply.
    package func run(
        _ batch: LaneBatch, range: Range<Int>, state: any StateSource = StateTable(),
        isTimed: Bool = false
    ) async throws(HostError) -> RunReply {
        try await begin(batch, range: range, state: state, isTimed: isTimed).reply()
    }
}

/// Starts hosts.
package protocol FunctionHostStarter: Sendable {
    /// Starts a host process; it is locked down when this returns.
    /// - Throws: `cannotStart`.
    func start() async throws(HostError) -> any FunctionHost

    /// Whether running events has effects outside the reply, so that nothing is run that may not be
    /// wanted, or that may still be lost.
    var hasEffects: Bool { get }
}

extension FunctionHostStarter {
    package var hasEffects: Bool { false }
}

/// What a host could not do.
package enum HostError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The process could not be started or locked down.
    case cannotStart(String)
    /// The script does not compile, or does not return what a function must.
    case loadFailed(FunctionFault)
    /// The process ended, or broke the protocol and was killed.
    case died(String)

    package var description: String {
        switch self {
        case .cannotStart(let why): "the function host can't start: \(why)"
        case .loadFailed(let fault): fault.message
        case .died(let how): "the function host died: \(how)"
        }
    }
}
