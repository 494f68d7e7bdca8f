import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// How long events take, as a host tells it when it is asked.
    @Suite struct EventTimes {
        private static let script = """
            return { from = "readings", to = "out", limits = {}, handler = function(event)
              if event.data.a == 2 then error("no") end
              if event.data.a == 4 then while true do end end
              return event.data
            end }
            """

        @Test func `a host tells a time for each outcome of a run that asks for it`() async throws {
            let host = try await HostStarter(executable: BuiltExecutables.functionHost).start()
            _ = try await host.load(.test(Self.script))
            let events = TestEvents.batch((1...5).map { #"{"a":\#($0)}"# })
            let timed = try await host.run(events, range: 0..<3, isTimed: true)
            #expect(timed.outcomes.count == 3)
            #expect(timed.nanoseconds.count == 3)
            let untimed = try await host.run(events, range: 0..<3)
            #expect(untimed.nanoseconds.isEmpty)
            // The run ends at the limit of the fourth event.
            let limited = try await host.run(events, range: 2..<5, isTimed: true)
            #expect(limited.outcomes.count == 2)
            #expect(limited.nanoseconds.count == 2)
            await host.stop()
        }

        @Test func `a timed run comes to the same as another`() async throws {
            let host = try await HostStarter(executable: BuiltExecutables.functionHost).start()
            _ = try await host.load(.test(Self.script))
            let events = TestEvents.batch((1...3).map { #"{"a":\#($0)}"# })
            let plain = try await host.run(events, range: 0..<3)
            let timed = try await host.run(events, range: 0..<3, isTimed: true)
            #expect(timed.outcomes == plain.outcomes)
            #expect(timed.emitted(0)?.map(\.event) == plain.emitted(0)?.map(\.event))
            await host.stop()
        }
    }
}
