import MoonrailCore

/// The one host of a lane: started when it is needed, again after it died.
struct HostSlot: Sendable {
    private let program: FunctionProgram
    private let hosts: any FunctionHostStarter
    private let retry: Retry
    private var host: (any FunctionHost)?

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
            return try await host.run(batch, range: range)
        } catch {
            self.host = nil
            await host.stop()
            throw error
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
        host = started
        return started
    }
}
