import Foundation
import MoonrailTestSupport
import Testing

@Suite struct FunctionCaptureTests {
    private static let script = """
        return {
          from = { "signups", "changes" }, to = "welcome",
          handler = function(event, context)
            local data = event.data
            if not data.mail then return context.reject("no address for " .. data.name) end
            context.emit({ to = data.mail, at = event.time, id = event.id },
              { key = data.mail, headers = { from = event.headers.from or "nobody" } })
          end,
        }
        """
    private static let events = """
        {"name":"Ada Löw","mail":"ada7@example.org","age":36,"tags":[{"v":"Secret"},{"v":"X1"}]}
        {"name":"Bob","age":-5}
        {"name":"y: [no]\\n\\"quoted\\" #","mail":"x@y","big":12345678901,"f":0.1,"n":null}
        """

    private static func place(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/signup.lua", script)
            try await place.command.run("station", "create", "changes")
            try await place.command.run("produce", "signups", "--key", "mail", input: events)
            try await body(place)
        }
    }

    private static func tests(_ place: Workplace) throws -> String {
        try String(
            contentsOf: place.functions.appendingPathComponent("signup.test.yaml"),
            encoding: .utf8)
    }

    @Test func `captured events become tests that pass`() async throws {
        try await Self.place { place in
            let capture = try await place.command.run(
                "function", "capture", "signup", "--last", "9")
            #expect(capture.status == 0, "\(capture.errors)")
            #expect(capture.lines.first?.hasPrefix("3 added to ") == true)
            let test = try await place.command.run("function", "test", "signup")
            #expect(test.status == 0, "\(test.output)")
            #expect(test.lines.last == "3 passed, 0 failed")
            let text = try Self.tests(place)
            #expect(text.contains("- name: \"signups/0/0\"\n"))
            #expect(text.contains("rejects: \"no address for Bob\"\n"))
            #expect(text.contains("key: \"ada7@example.org\""))
            // Another version fails them.
            let other = Self.script.replacingOccurrences(of: "at = event.time", with: "at = 1")
            _ = try place.write("functions/signup.lua", other)
            #expect(try await place.command.run("function", "test", "signup").status == 1)
        }
    }

    @Test func `what is masked is nowhere in the file, and the tests still pass`() async throws {
        try await Self.place { place in
            let capture = try await place.command.run(
                "function", "capture", "signup", "--last", "9", "--mask", "name", "mail",
                "tags.v", "--mask", "age")
            #expect(capture.status == 0, "\(capture.errors)")
            let text = try Self.tests(place)
            for secret in ["Ada", "Löw", "ada7", "example", "Bob", "Secret", "age: 36", "quoted"] {
                #expect(!text.contains(secret), "\(secret) in \(text)")
            }
            #expect(text.contains("name: \"Xxx Xxx\""))
            #expect(text.contains("mail: \"xxx0@xxxxxxx.xxx\""))
            #expect(text.contains("key: \"xxx0@xxxxxxx.xxx\""))
            #expect(text.contains("age: 10,") && text.contains("age: -1,"))
            #expect(text.contains("[{ v: \"Xxxxxx\" }, { v: \"X0\" }]"))
            #expect(text.contains("rejects: \"no address for Xxx\""))
            #expect(try await place.command.run("function", "test", "signup").status == 0)
        }
    }

    @Test func `cases that are there stay, and events that have a case get no second one`()
        async throws
    {
        try await Self.place { place in
            let mine = """
                # Mine.
                - name: by hand   # stays
                  event: { data: { name: x }, station: signups }
                  rejects: no address for x
                """
            _ = try place.write("functions/signup.test.yaml", mine)
            try await place.command.run("function", "capture", "signup", "--last", "1")
            let once = try Self.tests(place)
            #expect(once.hasPrefix(mine + "\n\n- name: \"signups/0/"))
            let again = try await place.command.run(
                "function", "capture", "signup", "--last", "3", "--json")
            #expect(again.output.contains("\"reason\":\"the file has a case of its name\""))
            #expect(try Self.tests(place).hasPrefix(once))
            let test = try await place.command.run("function", "test", "signup")
            #expect(test.lines.last == "4 passed, 0 failed")
        }
    }

    @Test func `a mask that leads nowhere, or a file that can't be added to, writes nothing`()
        async throws
    {
        try await Self.place { place in
            let file = place.functions.appendingPathComponent("signup.test.yaml")
            let mistyped = try await place.command.run(
                "function", "capture", "signup", "--last", "9", "--mask", "name", "--mask", "mial")
            #expect(mistyped.status == 1)
            #expect(mistyped.errors.contains("--mask mial leads to nothing"))
            #expect(!FileManager.default.fileExists(atPath: file.path))
            for mine in ["- name: x\n", "[{ name: x, event: { data: 1 }, emits: {} }]"] {
                try mine.write(to: file, atomically: true, encoding: .utf8)
                let refused = try await place.command.run(
                    "function", "capture", "signup", "--last", "9")
                #expect(refused.status == 2)
                #expect(refused.errors.contains("signup.test.yaml"))
                #expect(try Self.tests(place) == mine)
            }
        }
    }

    @Test func `without events or a function there is nothing to capture`() async throws {
        try await Self.place { place in
            _ = try place.write(
                "functions/idle.lua", "return { from = \"changes\", handler = function() end }")
            let idle = try await place.command.run("function", "capture", "idle", "--last", "3")
            #expect(idle.status == 3)
            #expect(idle.errors.contains("there are no events to capture in changes"))
            #expect(
                try await place.command.run("function", "capture", "none", "--last", "3").status
                    == 3)
            #expect(try await place.command.run("function", "capture", "idle").status == 2)
        }
    }
}
