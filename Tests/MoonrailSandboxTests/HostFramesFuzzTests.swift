import MoonrailCore
import MoonrailSandbox
import Testing

@Suite struct HostFramesFuzzTests {
    let expected = ExpectedResult(events: 8, outputs: 2, limits: FunctionLimits())

    @Test func `random bytes are refused and crash nothing`() {
        var random = SeededRandom("random bytes")
        for _ in 0..<20_000 {
            let kind = UInt8.random(in: 128...131, using: &random)
            read(ReplyFrame.frame(kind, random.bytes(0...80)))
            read(random.bytes(0...40))
        }
    }

    @Test func `valid frames with a few bytes changed crash nothing`() {
        var random = SeededRandom("changed frames")
        for _ in 0..<4_000 {
            let (frame, _) = Self.randomResult(&random)
            for _ in 0..<8 {
                var changed = frame
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let index = Int.random(in: 12..<changed.count, using: &random)
                    changed[index] =
                        [0, 1, 0x7f, 0xff, UInt8.random(in: 0...255, using: &random)]
                        .randomElement(using: &random) ?? 0
                }
                read(changed)
                let cut = Int.random(in: 12...frame.count, using: &random)
                read(ReplyFrame.frame(131, Array(changed[12..<cut])))
            }
        }
    }

    @Test func `whatever a result holds, it is read as it was written`() throws {
        var random = SeededRandom("results")
        for _ in 0..<1_000 {
            let (frame, results) = Self.randomResult(&random)
            let reply = try HostFrames.result(frame, expected: expected)
            #expect(reply.outcomes.count == results.count)
            for (index, result) in results.enumerated() {
                switch result {
                case .done(let emissions):
                    #expect(reply.emitted(index)?.map(\.output) == emissions.map(\.output))
                    #expect(reply.emitted(index)?.map(\.event) == emissions.map(\.event))
                case .rejected(let reason):
                    #expect(reply.fault(index) == FunctionFault(kind: .rejected, message: reason))
                case .raised(let message, let traceback):
                    #expect(
                        reply.fault(index)
                            == FunctionFault(
                                kind: .raised, message: message, traceback: traceback))
                case .limit(_, let message):
                    #expect(reply.fault(index)?.message == message)
                }
            }
        }
    }

    /// Reads the frame as everything it could be, and the emissions of what was accepted.
    private func read(_ frame: [UInt8]) {
        _ = try? HostFrames.ready(frame)
        _ = try? HostFrames.loadReply(frame)
        guard let reply = try? HostFrames.result(frame, expected: expected) else { return }
        for index in reply.outcomes.indices { _ = reply.emitted(index)?.map(\.event.headers) }
    }

    private static func randomResult(
        _ random: inout SeededRandom
    ) -> (frame: [UInt8], results: [ReplyFrame.Result]) {
        let count = Int.random(in: 1...8, using: &random)
        let results: [ReplyFrame.Result] = (0..<count).map { index in
            switch Int.random(in: 0...(index == count - 1 ? 7 : 6), using: &random) {
            case 0: return .rejected(random.text(0...50))
            case 1: return .raised(random.text(0...50), random.text(0...200))
            case 7: return .limit(UInt8.random(in: 0...4, using: &random), random.text(0...50))
            default:
                return .done(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        (Int.random(in: 0...1, using: &random), TestEvents.random(&random))
                    })
            }
        }
        let logs = (0..<Int.random(in: 0...2, using: &random)).map { _ in
            RunReply.LogLine(event: 0, level: .debug, text: random.text(0...20))
        }
        return (ReplyFrame.result(results, logs: logs), results)
    }
}
