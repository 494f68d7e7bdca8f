import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// Runs that a host is given before it has answered the one before.
    @Suite struct RunsInFlight {
        private static let script = """
            return { from = "in", to = "out", handler = function(event)
              if event.data.stuck then
                return ("a"):rep(3000):find(("a*"):rep(12) .. "b")
              end
              return { n = event.data.n }
            end }
            """

        private static func host() async throws -> HostProcess {
            let host = try await HostStarter(executable: BuiltExecutables.functionHost)
                .startProcess()
            var program = try FunctionProgram.test(script)
            program.limits.eventTime = .milliseconds(20)
            _ = try await host.load(program)
            return host
        }

        @Test func `are answered in their order, whoever waits first`() async throws {
            let host = try await Self.host()
            let runs = (0..<50).map { number in
                host.begin(TestEvents.batch([#"{"n":\#(number)}"#]), range: 0..<1)
            }
            for (number, run) in runs.enumerated().reversed() {
                let reply = try await run.reply()
                #expect(reply.emitted(0)?.map(\.event) == [TestEvents.json(#"{"n":\#(number)}"#)])
            }
            await host.stop()
        }

        @Test func `die with the host, but not those that were answered before`() async throws {
            let host = try await Self.host()
            let fine = host.begin(TestEvents.batch([#"{"n":1}"#]), range: 0..<1)
            let deadly = host.begin(TestEvents.batch([#"{"stuck":true}"#]), range: 0..<1)
            let behind = host.begin(TestEvents.batch([#"{"n":2}"#]), range: 0..<1)
            #expect(try await fine.reply().outcomes.count == 1)
            await #expect(throws: HostError.self) { try await deadly.reply() }
            await #expect(throws: HostError.self) { try await behind.reply() }
            await host.stop()
        }

        @Test func `may be dropped without waiting for their replies`() async throws {
            let host = try await Self.host()
            for _ in 0..<20 { _ = host.begin(TestEvents.batch(["{}"]), range: 0..<1) }
            let reply = try await host.run(TestEvents.batch([#"{"n":7}"#]), range: 0..<1)
            #expect(reply.emitted(0)?.map(\.event) == [TestEvents.json(#"{"n":7}"#)])
            await host.stop()
        }
    }
}
