import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// The rules of RFC 8259, document by document, through a real host.
    @Suite struct JSONConformance {
        /// Hands on what it decoded, inside an object: a payload is a table.
        private static let script = """
            return { from = "in", to = "out", handler = function(event, context)
              context.emit({ v = event.data })
            end }
            """

        @Test func `what RFC 8259 calls valid is accepted and comes out the same`() async throws {
            let results = try await results(of: JSONDocuments.valid.map(\.document))
            for ((document, written), result) in zip(JSONDocuments.valid, results) {
                let allowed = [written, document].map { Self.bytes(#"{"v":"# + $0 + "}") }
                #expect(allowed.contains(result.payload ?? []), "\(document): \(result)")
            }
        }

        @Test func `what RFC 8259 calls invalid is refused`() async throws {
            let results = try await results(of: JSONDocuments.invalid)
            for (document, result) in zip(JSONDocuments.invalid, results) {
                #expect(result.payload == nil, "\(document): \(result)")
                #expect(result.words.contains("event.data"), "\(document): \(result)")
            }
        }

        @Test func `where RFC 8259 leaves the choice, it is made in one way`() async throws {
            let results = try await results(of: JSONDocuments.chosen.map(\.document))
            for ((document, written), result) in zip(JSONDocuments.chosen, results) {
                guard let written else {
                    #expect(result.payload == nil, "\(document.prefix(60)): \(result)")
                    continue
                }
                let allowed = [written, document].map { Self.bytes(#"{"v":"# + $0 + "}") }
                #expect(allowed.contains(result.payload ?? []), "\(document.prefix(60)): \(result)")
            }
        }

        @Test func `what the host wrote it reads and writes again without a change`() async throws {
            let first = try await results(of: JSONDocuments.valid.map(\.document))
            let payloads = first.compactMap(\.payload)
            let second = try await run(payloads, script: Self.unwrapping)
            #expect(second.map(\.payload) == payloads)
        }

        @Test func `there are more than two hundred documents`() {
            let count = JSONDocuments.valid.count + JSONDocuments.invalid.count
            #expect(count + JSONDocuments.chosen.count > 200)
        }

        private static let unwrapping = """
            return { from = "in", to = "out", handler = function(event) return event.data end }
            """

        /// What became of one document.
        private struct Result: CustomStringConvertible {
            var payload: [UInt8]?
            var words: String
            var description: String { words }
        }

        private func results(of documents: [String]) async throws -> [Result] {
            try await run(documents.map(Self.bytes), script: Self.script)
        }

        private func run(_ payloads: [[UInt8]], script: String) async throws -> [Result] {
            let starter = HostStarter(executable: BuiltExecutables.functionHost)
            let host = try await starter.start()
            _ = try await host.load(.test(script))
            let batch = TestEvents.batch(payloads)
            var results: [Result] = []
            while results.count < payloads.count {
                let reply = try await host.run(batch, range: results.count..<payloads.count)
                for index in reply.outcomes.indices {
                    let payload = reply.emitted(index)?.first?.event.payload
                    let words = reply.fault(index)?.message
                    results.append(
                        Result(
                            payload: payload,
                            words: words ?? String(decoding: payload ?? [], as: UTF8.self)))
                }
            }
            await host.stop()
            return results
        }

        /// The document's bytes, those written as `<FF>` included.
        private static func bytes(_ document: String) -> [UInt8] {
            var bytes: [UInt8] = []
            var rest = Substring(document)
            while let first = rest.first {
                let number = rest.dropFirst().prefix(2)
                let isClosed = first == "<" && rest.dropFirst(3).first == ">"
                if isClosed, let byte = UInt8(number, radix: 16) {
                    bytes.append(byte)
                    rest = rest.dropFirst(4)
                } else {
                    bytes += Array(String(first).utf8)
                    rest = rest.dropFirst()
                }
            }
            return bytes
        }
    }
}
