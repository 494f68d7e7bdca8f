import Foundation
import MoonrailTestSupport
import Testing

/// The functions that come with the repository, each with an input and what must come out.
@Suite struct ShippedFunctionTests {
    private static let functions = TemperatureLine.repository.appendingPathComponent("functions")

    struct Example: Sendable, CustomTestStringConvertible {
        let function: String
        let input: String
        let events: String
        /// Of `produce`.
        var options: [String] = []
        /// Payloads by station.
        let outputs: [String: [String]]

        var testDescription: String { function }
    }

    static let examples = [
        Example(
            function: "celsius", input: "readings.fahrenheit",
            events: """
                {"sensor":"a","temp_f":212}
                {"sensor":"b","temp_f":-500}
                {"sensor":"c","temp_f":47.8}
                """,
            outputs: [
                "readings.celsius": [
                    #"{"sensor":"a","temp_c":100.0}"#, #"{"sensor":"c","temp_c":8.78}"#,
                ],
                "dead.celsius": [#"{"sensor":"b","temp_f":-500}"#],
            ]),
        Example(
            function: "split-order", input: "orders",
            events: """
                {"order":7,"lines":[{"article":"cup","count":2},{"article":"pot","count":1}]}
                {"order":8,"lines":[]}
                """,
            outputs: [
                "order-lines": [
                    #"{"article":"cup","count":2,"line":1,"order":7}"#,
                    #"{"article":"pot","count":1,"line":2,"order":7}"#,
                ]
            ]),
        Example(
            function: "route-payment", input: "payments",
            events: """
                {"method":"card","sum":10}
                {"method":"invoice","sum":20}
                {"method":"shells","sum":30}
                """,
            outputs: [
                "payments.card": [#"{"method":"card","sum":10}"#],
                "payments.invoice": [#"{"method":"invoice","sum":20}"#],
                "dead.route-payment": [#"{"method":"shells","sum":30}"#],
            ]),
        Example(
            function: "mask-contact", input: "signups",
            events: #"{"name":"Ada","email":"ada@example.org","phone":"1","plan":"free"}"#,
            outputs: [
                "signups.masked": [#"{"name":"A**","email":"a**@example.org","plan":"free"}"#]
            ]),
        Example(
            function: "csv-line", input: "exports",
            events: #"{"b":"say \"hi\"","a":1}"#,
            outputs: ["exports.csv": [#""1","say ""hi""""#]]),
        Example(
            function: "count-clicks", input: "clicks",
            events: """
                {"page":"home","at":"2026-01-01T00:00:05Z"}
                {"page":"news","at":"2026-01-01T00:00:06Z"}
                {"page":"home","at":"2026-01-01T00:01:04Z"}
                {"page":"home","at":"2026-01-01T00:00:59Z"}
                {"page":"home","at":"2026-01-01T00:01:10Z"}
                {"page":"home","at":"2026-01-01T00:00:30Z"}
                {"page":"news","at":"2026-01-01T00:03:00Z"}
                """,
            options: ["--time", "at"],
            outputs: [
                "clicks.minutes": [
                    #"{"clicks":2,"minute":"2026-01-01T00:00Z","page":"home"}"#,
                    #"{"clicks":1,"minute":"2026-01-01T00:00Z","page":"news"}"#,
                    #"{"clicks":2,"minute":"2026-01-01T00:01Z","page":"home"}"#,
                ],
                "dead.count-clicks": [#"{"page":"home","at":"2026-01-01T00:00:30Z"}"#],
            ]),
        Example(
            function: "silent-sensor", input: "heartbeats",
            events: """
                {"sensor":"a","at":1767225600000}
                {"sensor":"b","at":1767225600000}
                {"sensor":"b","at":1767228600000}
                {"sensor":"b","at":1767229320000}
                """,
            options: ["--time", "at"],
            outputs: [
                "sensors.silent": [#"{"heard":"2026-01-01T00:00:00Z","sensor":"a"}"#]
            ]),
    ]

    @Test(arguments: examples)
    func `a shipped function does what its comment says`(example: Example) async throws {
        let data = try TemporaryDirectory.make("shipped")
        defer { try? FileManager.default.removeItem(at: data) }
        let moonrail = MoonrailCommand(data: data, functions: Self.functions)
        _ = try await moonrail.start(
            ["produce", example.input] + example.options, input: example.events
        ).finish()
        let ran = try await moonrail.run("run", "--until-idle")
        #expect(ran.status == 0, "\(ran.errors)")
        for (station, payloads) in example.outputs {
            let read = try await moonrail.run("read", station, "--format", "data")
            #expect(read.lines == payloads, "\(station)")
        }
    }

    @Test func `every shipped function has an example`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.functions.path)
        let names = files.filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) }
        #expect(Set(names) == Set(Self.examples.map(\.function)))
    }
}
