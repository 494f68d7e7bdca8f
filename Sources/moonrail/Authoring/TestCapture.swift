import Foundation
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// Makes cases of tests from stored events and from what a function makes of them now.
struct TestCapture {
    let function: DeployableFunction
    let tester: FunctionTester
    private(set) var mask: JSONMask

    /// An event that no case can be made of.
    struct Skipped: Encodable, Sendable {
        let event: String
        let reason: String
    }

    private(set) var cases: [FunctionTest] = []
    private(set) var skipped: [Skipped] = []

    init(_ function: DeployableFunction, _ tester: FunctionTester, mask paths: [String]) {
        self.function = function
        self.tester = tester
        mask = JSONMask(paths: paths)
    }

    /// Makes a case of each event, but of those whose names are known.
    ///
    /// - Throws: `HostError` when the function can't run.
    mutating func take(_ inputs: [DryRun.Input], known: Set<String>) async throws {
        for input in inputs {
            let name = "\(input.station)/\(input.partition)/\(input.offset)"
            if known.contains(name) {
                skipped.append(Skipped(event: name, reason: "the file has a case of its name"))
                continue
            }
            guard let event = given(input.event) else {
                skipped.append(
                    Skipped(event: name, reason: "its payload or its key is no text in UTF-8"))
                continue
            }
            var test = FunctionTest(
                name: name, line: 1, events: [.init(station: input.station, event: event)],
                expected: .init())
            let (outcome, _) = try await tester.outcome(of: test, in: function)
            guard let expected = FunctionTest.Expected(meeting: outcome) else {
                skipped.append(
                    Skipped(event: name, reason: "it makes the function emit what is no text"))
                continue
            }
            test.expected = expected
            cases.append(test)
        }
    }

    /// The event as a test can give it, masked.
    private mutating func given(_ event: Event) -> Event? {
        var given = event
        if event.isJSON, let data = try? JSONValue(parsing: event.payload),
            let payload = try? mask.masked(data).encoded()
        {
            given.payload = payload
        } else if String(validating: event.payload, as: UTF8.self) == nil {
            return nil
        } else {
            given.isJSON = false
        }
        if let key = event.key {
            guard let text = String(validating: key, as: UTF8.self) else { return nil }
            given.key = Array(mask.masked(text: text).utf8)
        }
        given.id = event.id.map { .text(mask.masked(text: $0.description)) }
        given.headers = event.headers.map { .init($0.name, mask.masked(text: $0.value)) }
        return given
    }
}
