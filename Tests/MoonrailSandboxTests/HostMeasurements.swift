import FoundationEssentials
import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

/// Measures what a run costs; runs only with `MOONRAIL_MEASURE` set, and says what it saw.
extension HostTests {
    @Suite(.enabled(if: ProcessInfo.processInfo.environment["MOONRAIL_MEASURE"] != nil))
    struct Measurements {
        private static let payload =
            #"{"device":"sensor-17","site":"north","temp_f":71.25,"humidity":40,"#
            + #""status":"ok","firmware":"4.2.1","battery":87,"tags":["a","b"],"sequence":123456,"#
            + #""note":"a reading as they usually are, two hundred and fifty bytes or so in all"}"#

        /// Microseconds of the fastest of `rounds` calls.
        private func best(
            of rounds: Int, _ body: () async throws -> Void
        ) async rethrows -> Double {
            var best = Double.infinity
            for _ in 0..<rounds {
                let elapsed = try await ContinuousClock().measure { try await body() }
                best = min(best, elapsed / .microseconds(1))
            }
            return best
        }

        @Test func `round trips, encoding and decoding are measured`() async throws {
            let host = try await HostStarter(executable: BuiltExecutables.functionHost).start()
            _ = try await host.load(
                .test(
                    """
                    return { from = "a", to = "out", handler = function(event)
                      local reading = event.data
                      reading.temp_c = (reading.temp_f - 32) * 5 / 9
                      return reading
                    end }
                    """))
            let batch = TestEvents.batch(Array(repeating: Self.payload, count: 512))
            for count in [1, 64, 512] {
                let runs = 20_000 / (count + 20)
                let microseconds =
                    try await best(of: 7) {
                        for _ in 0..<runs { _ = try await host.run(batch, range: 0..<count) }
                    } / Double(runs)
                print(
                    "run of \(count): \(microseconds) µs, "
                        + "\(microseconds / Double(count) * 1_000) ns an event")
            }
            await host.stop()

            let encode =
                await best(of: 20) {
                    for _ in 0..<100 { _ = HostFrames.run(batch, range: 0..<512) }
                } / 51_200
            let event = TestEvents.json(Self.payload)
            let frame = ReplyFrame.result(Array(repeating: .done([(0, event)]), count: 512))
            let expected = ExpectedResult(events: 512, outputs: 1, limits: FunctionLimits())
            let decode =
                try await best(of: 20) {
                    for _ in 0..<100 { _ = try HostFrames.result(frame, expected: expected) }
                } / 51_200
            print("encode \(encode * 1_000) ns an event, decode \(decode * 1_000) ns an event")

            let starter = HostStarter(executable: BuiltExecutables.functionHost)
            let start = try await best(of: 30) { await (try starter.start()).stop() }
            print("start and stop: \(start) µs")
        }
    }
}
