import MoonrailCore

/// Compiles one script after another, each in a virtual machine of its own, and all of them in one
/// host as long as it lives.
struct ScriptExaminer {
    /// Hosts that may die of one script before that is taken for the script's fault.
    private static let hostsPerScript = 3

    private let hosts: any FunctionHostStarter
    private var host: (any FunctionHost)?

    init(hosts: any FunctionHostStarter) {
        self.hosts = hosts
    }

    /// The table that the script returns. Takes as long as its load limit at most, three times over
    /// when hosts die.
    /// - Parameter outline: knows lines for messages of the host that have none.
    mutating func table(
        of program: FunctionProgram, outline: ScriptOutline? = nil
    ) async throws(HostError) -> [UInt8] {
        var died: HostError?
        for _ in 0..<Self.hostsPerScript {
            do throws(HostError) {
                return try await ready().load(program)
            } catch {
                // Somebody may have killed it; the script is judged by what a whole host says.
                guard case .died = error else { throw error.placed(by: outline, in: program.file) }
                await stop()
                died = error
            }
        }
        throw died ?? .cannotStart("no host was started")
    }

    /// To be called at the end.
    mutating func stop() async {
        await host?.stop()
        host = nil
    }

    private mutating func ready() async throws(HostError) -> any FunctionHost {
        if let host { return host }
        let started = try await hosts.start()
        host = started
        return started
    }
}

extension HostError {
    fileprivate func placed(by outline: ScriptOutline?, in file: String) -> HostError {
        guard case .loadFailed(var fault) = self, let outline else { return self }
        fault.message = outline.completing(fault.message, in: file)
        return .loadFailed(fault)
    }
}
