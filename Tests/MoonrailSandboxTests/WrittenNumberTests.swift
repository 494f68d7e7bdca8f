import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// Doubles that a script made, as they are written.
    @Suite struct WrittenNumbers {
        /// Half of a number is no part of the document any more: it is written anew.
        private static let script = """
            return { from = "in", to = "out", handler = function(event)
              local halves = array()
              for i, number in ipairs(event.data) do halves[i] = number / 2 end
              return halves
            end }
            """
        private static let perEvent = 50

        @Test func `a number is written as the shortest text that reads back the same`()
            async throws
        {
            var random = SeededGenerator.printed()
            let edges = [
                0, -0.0, 0.5, 1e10, 1e11, 99_999_999_999.9999, 1e15, 1e16, 1e-4, 1e-5, 5e-324,
            ]
            let numbers = edges + (edges.count..<20_000).map { _ in Self.number(&random) }
            let payloads = stride(from: 0, to: numbers.count, by: Self.perEvent).map { first in
                let doubles = numbers[first..<min(first + Self.perEvent, numbers.count)]
                return Array("[\(doubles.map { "\($0 * 2)" }.joined(separator: ","))]".utf8)
            }
            let host = try await HostStarter(executable: BuiltExecutables.functionHost).start()
            _ = try await host.load(.test(Self.script))
            let reply = try await host.run(
                TestEvents.batch(payloads), range: payloads.indices)
            var written: [Substring] = []
            for index in payloads.indices {
                let payload = try #require(reply.emitted(index)?.first?.event.payload)
                let text = String(decoding: payload.dropFirst().dropLast(), as: UTF8.self)
                written += text.split(separator: ",")
            }
            await host.stop()
            try #require(written.count == numbers.count)
            for (text, number) in zip(written, numbers) {
                #expect(Double(text)?.bitPattern == number.bitPattern, "\(text) for \(number)")
                #expect(Self.digits(text) == Self.digits("\(number)"), "\(text) for \(number)")
            }
        }

        /// Numbers with few decimals, their nearest neighbours, and any others.
        private static func number(_ random: inout SeededGenerator) -> Double {
            let digits = Double(random.next() >> UInt64(random.number(8...63)))
            var number = digits
            for _ in 0..<random.number(0...8) { number /= 10 }
            switch random.number(0...5) {
            case 0: number = number.nextUp
            case 1: number = number.nextDown
            case 2: number = Double(bitPattern: random.next())
            default: break
            }
            // Twice the number must be one as well.
            let isUsable = number.isFinite && number.magnitude < 1e300 && number.magnitude > 1e-300
            return (isUsable ? number : digits) * (random.once(in: 4) ? -1 : 1)
        }

        /// The digits that count, whatever way the number is written in.
        private static func digits(_ text: some StringProtocol) -> [UInt8] {
            let digits = text.utf8.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
                .filter { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            let significant = digits.drop { $0 == UInt8(ascii: "0") }.reversed()
            return significant.drop { $0 == UInt8(ascii: "0") }.reversed()
        }
    }
}
