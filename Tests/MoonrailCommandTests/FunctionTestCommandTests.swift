import Foundation
import FoundationXML
import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct FunctionTestCommandTests {
    private static let script = """
        return { from = { "raw", "more" }, to = { "clean", "other" },
          handler = function(event, context)
            context.log.info("saw " .. event.station .. " " .. event.offset)
            if event.data.bad then return context.reject("bad") end
            if event.data.spin then while true do end end
            event.data.factor = context.inputs.factor
            return event.data
          end }
        """

    private static func place(
        tests: String, _ body: (Workplace) async throws -> Void
    ) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/scale.lua", script)
            _ = try place.write("functions/scale.test.yaml", tests)
            try await body(place)
        }
    }

    @Test func `cases that pass are told, and no data is touched`() async throws {
        let tests = """
            - name: inputs of the case are seen
              inputs: { factor: 3 }
              event: { data: { a: 1 } }
              emits: { clean: [ { data: { a: 1, factor: 3 } } ] }
            - name: a rejection is expected
              events: [ { data: { bad: true } }, { data: {}, station: more } ]
              emits: { clean: [ { data: {} } ] }
              rejects: bad
            """
        try await Self.place(tests: tests) { place in
            let result = try await place.command.run("function", "test")
            #expect(result.status == 0, "\(result.errors)\(result.output)")
            #expect(
                result.lines == [
                    "scale", "  passed  inputs of the case are seen",
                    "  passed  a rejection is expected", "2 passed, 0 failed",
                ])
            #expect(!FileManager.default.fileExists(atPath: place.data.path))
        }
    }

    @Test func `a case that fails shows its place, what differs and what was logged`() async throws
    {
        let tests = """
            - name: wrong
              event: { data: { a: 1 } }
              emits: { clean: [ { data: { a: 2 } } ], other: [ { data: {} } ] }
            - name: endless
              event: { data: { spin: true } }
              raises: CPU time
            """
        try await Self.place(tests: tests) { place in
            let result = try await place.command.run("function", "test", "scale")
            #expect(result.status == 1)
            #expect(result.output.contains("  FAILED  wrong  ("))
            #expect(result.output.contains("scale.test.yaml:1)"))
            #expect(result.output.contains("clean, event 1: data.a is 1; expected 2"))
            #expect(result.output.contains("other, event 1 is missing: {}"))
            #expect(result.output.contains("logged info: saw raw 0"))
            #expect(result.output.contains("  passed  endless"))
            #expect(result.lines.last == "1 passed, 1 failed")
        }
    }

    @Test func `programs get the same as JSON and as JUnit's XML`() async throws {
        let tests = "- name: a < b\n  event: { data: {} }\n  emits: { clean: [] }\n"
        try await Self.place(tests: tests) { place in
            let report = place.folder.appendingPathComponent("results.xml")
            let result = try await place.command.run(
                "function", "test", "--json", "--junit", report.path)
            #expect(result.status == 1)
            let cases = try result.json([[String: JSONValue]].self)
            #expect(cases.map { $0["ok"] } == [.bool(false)])
            #expect(cases.first?["line"] == .integer(1))
            let xml = try XMLDocument(data: Data(contentsOf: report))
            #expect(try xml.nodes(forXPath: "//testcase/failure").count == 1)
            #expect(
                try xml.nodes(forXPath: "//testcase/@name").first?.stringValue == "a < b")
        }
    }

    @Test func `a broken function, a broken file of tests and a lone one fail`() async throws {
        try await Self.place(tests: "- name: x\n") { place in
            _ = try place.write("functions/broken.lua", "return {")
            _ = try place.write("functions/broken.test.yaml", "- name: x\n")
            _ = try place.write("functions/gone.test.yaml", "- name: x\n")
            try place.writeFunction("untested", from: "a", to: "b")
            let result = try await place.command.run("function", "test")
            #expect(result.status == 1)
            #expect(result.output.contains("broken.lua:1:"))
            #expect(result.output.contains("scale.test.yaml:1: case 'x' must have one 'event'"))
            #expect(result.output.contains("there is no function 'gone' to test"))
            #expect(result.lines.suffix(2) == ["0 passed, 3 failed", "without tests: untested"])
        }
    }

    @Test func `a function without tests is not found, and the nearest is named`() async throws {
        try await Self.place(tests: "- name: x\n") { place in
            let result = try await place.command.run("function", "test", "scal")
            #expect(result.status == 3)
            #expect(result.errors.contains("did you mean 'scale'?"))
        }
    }
}
