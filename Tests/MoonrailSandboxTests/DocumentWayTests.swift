import FoundationEssentials
import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// Documents decoded member by member, all at once, and as the host learns it.
    @Suite struct DocumentWays {
        /// How many documents with their scripts are tried: `MOONRAIL_DOCUMENT_CASES`, else a few
        /// seconds' worth.
        private static let caseCount =
            ProcessInfo.processInfo.environment["MOONRAIL_DOCUMENT_CASES"].flatMap { Int($0) }
            ?? 20_000
        private static let batchCount = 250

        @Test func `a script sees and emits the same however its document is decoded`() async throws
        {
            var random = SeededGenerator.printed()
            let folder = try ScratchDirectory()
            var hosts: [HostProcess] = []
            for name in ["lazy", "whole"] {
                let path = folder.path + "/" + name
                try FileManager.default.createSymbolicLink(
                    atPath: path,
                    withDestinationPath: URL(filePath: BuiltExecutables.documentHost).path)
                hosts.append(try await HostStarter(executable: path).startProcess())
            }
            hosts.append(
                try await HostStarter(executable: BuiltExecutables.functionHost).startProcess())
            var emissions = 0
            var failures = 0
            for batch in 0..<(Self.caseCount + Self.batchCount - 1) / Self.batchCount {
                // Every few batches a VM that has learned nothing yet, and the other numbers.
                if batch % 8 == 0 {
                    let numbers = batch % 16 == 0 ? "" : "numbers = \"double\","
                    let program = try Self.program(DocumentScript.source(numbers: numbers))
                    for host in hosts { _ = try await host.load(program) }
                }
                let events = (0..<Self.batchCount).map { _ in Self.event(&random) }
                // A limit that is passed ends a run.
                var done = 0
                while done < events.count {
                    let replies = try await Self.replies(of: hosts, to: events, from: done)
                    for reply in replies.dropFirst() where reply.bytes != replies[0].bytes {
                        Self.explain(events, from: done, replies[0], reply)
                        Issue.record("what one way saw and emitted differs from the other's")
                        return
                    }
                    emissions += replies[0].emissions.count
                    failures += replies[0].outcomes.indices.count { replies[0].fault($0) != nil }
                    done += replies[0].outcomes.count
                }
            }
            print("\(emissions) emissions, \(failures) events failed")
            // Neither is an exception, or the test would say little.
            #expect(emissions > Self.caseCount)
            #expect(failures < Self.caseCount / 4)
            for host in hosts { await host.stop() }
        }

        @Test func `what a script changed is put into the document's own bytes`() async throws {
            var random = SeededGenerator.printed()
            let host = try await HostStarter(executable: BuiltExecutables.functionHost).start()
            _ = try await host.load(.test(DocumentModel.script))
            for _ in 0..<(Self.caseCount + Self.batchCount - 1) / Self.batchCount {
                var events: [Event] = []
                var wanted: [[UInt8]] = []
                for _ in 0..<Self.batchCount {
                    let model = DocumentModel.object(&random)
                    let document = model.bytes
                    let count = random.number(0...6)
                    let changes = (0..<count).map { _ in model.change(&random) }.joined()
                    events.append(Self.event(document, header: "changes", changes))
                    wanted.append(model.bytes)
                }
                let batch = LaneBatch([TestEvents.part("in", events)])
                let reply = try await host.run(batch, range: events.indices)
                for index in events.indices
                where reply.emitted(index)?.count != 1
                    || reply.emitted(index)?[0].event.payload != wanted[index]
                {
                    print(
                        "document: \(String(decoding: events[index].payload, as: UTF8.self))",
                        "changes: \(events[index].headers[0].value)",
                        "wanted: \(String(decoding: wanted[index], as: UTF8.self))",
                        "emitted: \(Self.words(reply, index))", separator: "\n")
                    Issue.record("the document was changed in another way")
                    return
                }
            }
            await host.stop()
        }

        private static func program(_ source: String) throws -> FunctionProgram {
            var program = try FunctionProgram.test(source)
            program.limits.nesting = 8
            return program
        }

        private static func event(_ random: inout SeededGenerator) -> Event {
            let document = RandomDocument.make(&random, depthMax: random.once(in: 50) ? 9 : 5)
            let operations = DocumentScript.operations(&random)
            return event(document, header: "ops", operations)
        }

        private static func event(_ payload: [UInt8], header: String, _ value: String) -> Event {
            Event(
                id: nil, key: nil, time: EventTime(microseconds: 1), type: nil,
                headers: [Event.Header(header, value)], payload: payload, isJSON: true)
        }

        /// What each host answers to the events from `first` on.
        private static func replies(
            of hosts: [HostProcess], to events: [Event], from first: Int
        ) async throws -> [RunReply] {
            let batch = LaneBatch([TestEvents.part("in", events)])
            var replies: [RunReply] = []
            for host in hosts {
                replies.append(try await host.run(batch, range: first..<events.count))
            }
            return replies
        }

        private static func explain(
            _ events: [Event], from first: Int, _ expected: RunReply, _ actual: RunReply
        ) {
            let count = min(expected.outcomes.count, actual.outcomes.count)
            for index in 0..<count {
                let wanted = words(expected, index)
                let got = words(actual, index)
                guard wanted != got else { continue }
                print(
                    "document: \(String(decoding: events[first + index].payload, as: UTF8.self))",
                    "operations: \(events[first + index].headers[0].value)",
                    "one: \(wanted)", "other: \(got)", separator: "\n")
                return
            }
        }

        private static func words(_ reply: RunReply, _ index: Int) -> String {
            if let fault = reply.fault(index) { return "\(fault)" }
            return (reply.emitted(index) ?? []).map {
                String(decoding: $0.event.payload, as: UTF8.self)
            }.joined(separator: "\n")
        }
    }
}
