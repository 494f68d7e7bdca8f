import Foundation
import MoonrailConfiguration
import MoonrailCore
import Testing

struct FunctionTestFileTests {
    /// The cases of a file with this text, or what is wrong with it.
    private static func read(_ yaml: String) throws -> Result<[FunctionTest], ConfigurationError> {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("moonrail-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("f.test.yaml")
        try Data(yaml.utf8).write(to: file)
        do throws(ConfigurationError) {
            return .success(try FunctionTestFile.tests(in: file.path))
        } catch {
            return .failure(error)
        }
    }

    private static func messages(_ yaml: String) throws -> [String] {
        switch try read(yaml) {
        case .success: []
        case .failure(let error):
            error.messages.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        }
    }

    @Test func `a case has events, what must come of them, and its line`() throws {
        let tests = try Self.read(
            """
            - name: first
              inputs: { factor: 2 }
              event: { data: { a: 1.5 }, key: k, time: 2010-01-01, headers: { h: v } }
              emits:
                out: [ { data: { b: null }, key: k } ]
            - name: second
              events: [ { bytes: raw, station: in.two }, { data: [] } ]
              rejects: no reason
            """
        ).get()
        #expect(tests.map(\.name) == ["first", "second"])
        #expect(tests.map(\.line) == [1, 6])
        #expect(tests[0].inputs == .object(["factor": .integer(2)]))
        let given = tests[0].events[0].event
        #expect(given.payload == Array(#"{"a":1.5}"#.utf8) && given.isJSON)
        #expect(given.key == Array("k".utf8) && given.headers == [.init("h", "v")])
        #expect(given.time == EventTime("2010-01-01"))
        let out = try StationName("out")
        #expect(
            tests[0].expected.emissions?[out] == [.init(data: .object(["b": .null]), key: "k")])
        #expect(tests[1].events.map(\.event.isJSON) == [false, true])
        #expect(tests[1].events[1].event.time == FunctionTest.Given.time)
        #expect(tests[1].expected.failure == .rejected("no reason"))
        #expect(tests[1].expected.emissions == nil)
    }

    @Test(arguments: [
        ("name: x", "f.test.yaml: it must be a list of cases, each beginning with '- name:'"),
        ("[]", "f.test.yaml: it must be a list of cases, each beginning with '- name:'"),
        ("- a", "f.test.yaml:1: this case is 'a'; it must be a table"),
        (
            "- event: { data: 1 }\n  emits: {}",
            "f.test.yaml:1: this case has no 'name'; say what it shows"
        ),
        (
            "- name: x\n  emits: {}",
            "f.test.yaml:1: case 'x' must have one 'event', or 'events' with one at least"
        ),
        (
            "- name: x\n  event: { data: 1 }",
            "f.test.yaml:1: case 'x' expects nothing; say what it 'emits' ({} for nothing), "
                + "'rejects' or 'raises', or its 'state_after'"
        ),
        (
            "- name: x\n  event: { data: 1 }\n  rejects: a\n  raises: b",
            "f.test.yaml:1: case 'x' has 'rejects' and 'raises'; one event fails in one way"
        ),
        (
            "- name: x\n  event: { data: 1, bytes: b }\n  emits: {}",
            "f.test.yaml:1: case 'x': an event has either 'data' or 'bytes'"
        ),
        (
            "- name: x\n  event: { dta: 1 }\n  emits: {}",
            "f.test.yaml:2: unknown key 'dta' in 'event' in this case; did you mean 'data'?"
        ),
        (
            "- name: x\n  event: { data: 1 }\n  emit: {}",
            "f.test.yaml:3: unknown key 'emit' in this case; did you mean 'emits'?"
        ),
        (
            "- name: x\n  event: { data: 1, key: 5 }\n  emits: {}",
            "f.test.yaml:2: 'key' in 'event' in this case is '5'; it must be text; numbers need "
                + "quotes"
        ),
        (
            "- name: x\n  event: { data: 1, time: now }\n  emits: {}",
            "f.test.yaml:2: 'time' in 'event' in this case is 'now'; it must be a time such as "
                + "2026-01-31T08:00:00Z"
        ),
        (
            "- name: x\n  event: { data: 1 }\n  emits: { out: { data: 1 } }",
            "f.test.yaml:3: 'out' of 'emits' in this case is a table; it must be a list"
        ),
        (
            "- name: x\n  event: { data: no }\n  emits: {}",
            "f.test.yaml:2: 'data' in 'event' in this case: 'value' is 'no', which may mean false "
                + "or text; write false or \"no\""
        ),
        (
            "- name: x\n  event: { data: 1 }\n  emits: {}\n- name: x\n  event: { data: 2 }\n"
                + "  emits: {}",
            "f.test.yaml:4: case 'x' has the name of the one in line 1; give it another"
        ),
    ])
    func `what is wrong with a file of tests is told with its line`(
        yaml: String, message: String
    ) throws {
        #expect(try Self.messages(yaml) == [message])
    }
}
