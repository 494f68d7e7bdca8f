import MoonrailCore

extension FunctionHostStarter {
    /// Starts a host, loads the program, calls `body` with it, and stops it however that ends.
    ///
    /// - Throws: `HostError` when no host can be started or the script does not load; what `body`
    ///   throws.
    func withHost<Value: Sendable>(
        _ program: FunctionProgram, _ body: (any FunctionHost) async throws -> Value
    ) async throws -> Value {
        let host = try await start()
        do {
            _ = try await host.load(program)
            let value = try await body(host)
            await host.stop()
            return value
        } catch {
            await host.stop()
            throw error
        }
    }
}
