import MoonrailCore

/// The one host of a lane: started when it is needed, again after it died.
struct HostSlot: Sendable {
    private let program: FunctionProgram
    private let hosts: any FunctionHostStarter
    private let retry: Retry
    private var host: (any FunctionHost)?
    /// Deaths since the last run that was answered.
    private var deathsInARow = 0
    /// Events since one went over a limit or took its host along; nil when none ever did.
    private var eventsSinceLimit: Int?

    /// After as many events within their limits a function is trusted with a full share of the
    /// processor again: by a new host, since priority can't be given back.
    static let eventsToTrust = 10_000

    /// Deaths in a row that are followed by a new host at once: the search for one culprit in a
    /// batch of 512 takes 12, and must not be slowed down beyond the pauses of its own policy.
    static let deathsAtOnce = 13

    init(program: FunctionProgram, hosts: any FunctionHostStarter, retry: Retry) {
        self.program = program
        self.hosts = hosts
        self.retry = retry
    }

    /// Runs the events in the host.
    ///
    /// - Throws: `died`; anything else only when the task was cancelled while no host would start.
    mutating func run(_ batch: LaneBatch, _ range: Range<Int>) async throws(HostError) -> RunReply {
        let host = try await ready()
        do {
            let reply = try await host.run(batch, range: range)
            deathsInARow = 0
            await judge(reply)
            return reply
        } catch {
            self.host = nil
            deathsInARow += 1
            eventsSinceLimit = 0
            await host.stop()
            throw error
        }
    }

    /// A function that burns its limits must not take the processor from its neighbours.
    private mutating func judge(_ reply: RunReply) async {
        if case .failed(let fault) = reply.outcomes.last, fault.kind.deservesAnotherRun {
            eventsSinceLimit = 0
            host?.yieldProcessor()
        } else if let events = eventsSinceLimit {
            eventsSinceLimit = events + reply.outcomes.count
            guard events + reply.outcomes.count >= Self.eventsToTrust else { return }
            eventsSinceLimit = nil
            await stop()
        }
    }

    mutating func stop() async {
        await host?.stop()
        host = nil
    }

    /// The host, started and loaded. A program that was deployed compiles, so that a failure here
    /// is the machine's, and is tried again until it works.
    private mutating func ready() async throws(HostError) -> any FunctionHost {
        if let host { return host }
        // Hosts that die again and again without an answer: the machine is at fault, not an event.
        if deathsInARow >= Self.deathsAtOnce {
            await retry.pause(
                after: deathsInARow - Self.deathsAtOnce + 1, "hosts die in a row")
        }
        let (program, hosts) = (program, hosts)
        let started = try await retry.untilItWorks("starting a host") {
            () async throws(HostError) in
            let started = try await hosts.start()
            do throws(HostError) {
                _ = try await started.load(program)
            } catch {
                await started.stop()
                throw error
            }
            return started
        }
        if eventsSinceLimit != nil { started.yieldProcessor() }
        host = started
        return started
    }
}
