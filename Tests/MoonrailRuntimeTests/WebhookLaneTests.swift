import Foundation
import MoonrailCore
import MoonrailEmbedded
import MoonrailRuntime
import MoonrailTestSupport
import ServiceLifecycle
import Synchronization
import Testing

/// The lanes of webhooks, with a receiver in the test's own process.
@Suite struct WebhookLaneTests {
    /// Takes, fails and refuses as its dice say, and takes note of what it was given.
    private final class Receiver: EventReceiver {
        struct Notes {
            var random: SeededGenerator
            var taken: [UInt64] = []
            /// Events that it was given before they were on disk.
            var early: [UInt64] = []
        }

        let notes: Mutex<Notes>
        private let engine: EmbeddedEngine

        init(_ random: SeededGenerator, _ engine: EmbeddedEngine) {
            notes = Mutex(Notes(random: random))
            self.engine = engine
        }

        func deliver(_ events: StoredEvents, _ index: Int) async -> DeliveryAttempt {
            let offset = events.offsets[index]
            let end = try? await engine.describe(events.station).partitions[0].next
            return notes.withLock { notes in
                if end.map({ $0 <= offset }) ?? true { notes.early.append(offset) }
                switch notes.random.number(0...19) {
                case 0: return .refused("not this one")
                case 1...3: return .failed("not now", retryAfter: nil)
                default:
                    notes.taken.append(offset)
                    return .delivered
                }
            }
        }
    }

    private static func worker(_ line: TestLine, _ receiver: Receiver) throws -> Worker {
        var definition = WebhookDefinition()
        definition.from = [try StationName("s")]
        definition.url = "http://localhost/"
        definition.start = .earliest
        definition.retry.attempts = 3
        definition.retry.firstDelay = .milliseconds(1)
        definition.retry.maximumDelay = .milliseconds(2)
        return Worker(
            engine: line.engine, deployment: line.deployment(), hosts: line.hosts,
            settings: .init(),
            webhooks: [try Webhook(FunctionName("w"), definition, receiver: receiver)],
            logger: TestLine.logger, now: { .now })
    }

    @Test func `each event is taken or a dead letter, once and in order, whenever it stops`()
        async throws
    {
        var random = SeededGenerator.printed()
        try await TestLine.with([:]) { line in
            let receiver = Receiver(random, line.engine)
            var produced = 0
            for _ in 0..<8 {
                let group = ServiceGroup(
                    configuration: .init(
                        services: [.init(service: try Self.worker(line, receiver))],
                        logger: TestLine.logger))
                async let running: Void = group.run()
                for _ in 0..<random.number(1...30) {
                    let count = random.number(1...5)
                    try await line.produce("s", (produced..<produced + count).map { "\($0)" })
                    produced += count
                }
                await group.triggerGracefulShutdown()
                try await running
            }
            // What is left is taken without a stop.
            try await line.run(try Self.worker(line, receiver))
            let dead = try await line.payloads("dead.webhook.w").compactMap { UInt64($0) }
            let (taken, early) = receiver.notes.withLock { ($0.taken, $0.early) }
            #expect(early.isEmpty, "an event was delivered that could still be lost")
            #expect(taken == taken.sorted())
            #expect(dead == dead.sorted())
            #expect((taken + dead).sorted() == (0..<UInt64(produced)).map { $0 })
        }
    }
}
