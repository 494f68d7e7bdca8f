import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// What scripts see of `event.data`, and what is left of it in what they emit.
    @Suite struct Documents {
        /// A handler's lines, a document, and what comes out.
        struct Example: Sendable, CustomTestStringConvertible {
            let name: String
            let lines: String
            let document: String
            let emitted: String

            init(_ name: String, _ lines: String, _ document: String, _ emitted: String) {
                self.name = name
                self.lines = lines
                self.document = document
                self.emitted = emitted
            }

            var testDescription: String { name }
        }

        static let written = [
            Example(
                "passed on, it keeps its bytes", "return d",
                #" { "b":2.50 ,"a": -0,"c":"\u00e9\/", "a":1e2 } "#,
                #"{ "b":2.50 ,"a": -0,"c":"\u00e9\/", "a":1e2 }"#),
            Example(
                "assigning what is there changes nothing", "d.x = d.x d.o = d.o return d",
                #"{"x":2.50,"o":{"y": 1.0}}"#, #"{"x":2.50,"o":{"y": 1.0}}"#),
            Example(
                "a changed member stays in its place", "d.b = 'new' return d",
                #"{ "a":1, "b" : [2] , "c":3 }"#, #"{ "a":1, "b" : "new" , "c":3 }"#),
            Example(
                "a number of another kind is another", "d.x = 1.0 d.y = 0.0 return d",
                #"{"x":1,"y":-0.0}"#, #"{"x":1.0,"y":0.0}"#),
            Example(
                "nil deletes a member that was never read", "d.b = nil return d",
                #"{"a":1.0, "b":2, "c":3}"#, #"{"a":1.0,"c":3}"#),
            Example(
                "the first and the last member go", "d.a = nil d.c = nil return d",
                #"{ "a":1, "b":2 , "c":3 }"#, #"{"b":2}"#),
            Example(
                "new members stand behind, sorted", "d.z = 1 d.m = 2 d.e = {q = 1, p = 2} return d",
                #"{"y":1,"b":2 }"#, #"{"y":1,"b":2,"e":{"p":2,"q":1},"m":2,"z":1}"#),
            Example("an emptied object is empty", "d.a = nil return d", #"{ "a":1 }"#, "{}"),
            Example(
                "a nested change leaves the rest", "d.o.l[2].x = 5 return d",
                #"{ "o": {"k":1.0, "l":[ 1.50, {"x":1, "y":2.0} ] } }"#,
                #"{ "o": {"k":1.0, "l":[ 1.50, {"x":5, "y":2.0} ] } }"#),
            Example(
                "an array grows and shrinks in place", "d[4] = 9 d[1] = 7 return d",
                "[ 1.0, 2.50 , 3.0 ]", "[ 7, 2.50 , 3.0,9]"),
            Example(
                "an element that is removed moves the others", "table.remove(d, 1) return d",
                #"[1.50, 2.50, {"x":1.0}]"#, #"[2.5, {"x":1.0}]"#),
            Example(
                "an alias is written twice", "d.copy = d.o d.o.n = 1 return d",
                #"{"o":{"x":1.0}}"#, #"{"o":{"x":1.0,"n":1},"copy":{"x":1.0,"n":1}}"#),
            Example(
                "a moved table keeps its bytes", "return { all = { d.l, d.o } }",
                #"{"o":{ "x":1.0 },"l":[ 2.50 ]}"#, #"{"all":[[ 2.50 ],{ "x":1.0 }]}"#),
            Example(
                "of two names the last one counts", "return { v = d.a }",
                #"{"a":1,"\u0061":2}"#, #"{"v":2}"#),
            Example(
                "a changed name that was twice there is there once", "d.a = 3 return d",
                #"{"a":1,"b":2,"a":2}"#, #"{"b":2,"a":3}"#),
            Example(
                "a name that was twice there is removed", "d.a = nil return d",
                #"{"a":1,"b":2,"a":2}"#, #"{"b":2}"#),
            Example(
                "other names that were twice there stay", "d.b = 3 return d",
                #"{"a":1,"b":2,"a":2}"#, #"{"a":1,"b":3,"a":2}"#),
            Example(
                "a name with an escape is found and kept", "d.ab = 2 return d",
                #"{"a\u0062":1}"#, #"{"a\u0062":2}"#),
            Example(
                "an object can become an array when it is empty", "d.o = array(d.o) return d",
                #"{"o":{ }}"#, #"{"o":[]}"#),
        ]

        static let seen = [
            Example(
                "pairs shows all members and keeps their order in the document",
                "local s = '' for k in pairs(d) do s = s .. k end d.n = s return d",
                #"{"c":1.0,"a":2,"b":{}}"#, #"{"c":1.0,"a":2,"b":{},"n":"abc"}"#),
            Example(
                "a member that was removed stays away",
                "local x = d.a d.a = nil return { x, d.a == nil, rawget(d, 'a') == nil }",
                #"{"a":1}"#, "[1,true,true]"),
            Example(
                "a member that was removed unread stays away",
                "d.a = nil return { d.a == nil, rawget(d, 'a') == nil }", #"{"a":1}"#,
                "[true,true]"),
            Example(
                "rawget finds a member that was never read", "return { rawget(d, 'a') }",
                #"{"a":1}"#, "[1]"),
            Example(
                "rawset replaces a member that was never read",
                "rawset(d, 'a', nil) rawset(d, 'b', 3) return d", #"{"a":1,"b":2}"#, #"{"b":3}"#),
            Example(
                "rawlen counts an array and no members", "return { rawlen(d), rawlen(d.l), #d.l }",
                #"{"l":[1,2,3]}"#, "[0,3,3]"),
            Example(
                "there is no metatable to be seen", "return { getmetatable(d) == nil }", "{}",
                "[true]"),
            Example(
                "a metatable of the script's is in force, and not behind the members",
                "setmetatable(d, { __index = function() return 7 end }) return { d.a, d.b }",
                #"{"a":1}"#, "[1,7]"),
            Example(
                "a document can be a metatable's index",
                "local t = setmetatable({}, { __index = d }) return { t.a, t.z == nil }",
                #"{"a":1}"#, "[1,true]"),
            Example(
                "the same member is the same table",
                "local o = d.o o.x = 2 return { d.o == o, d.o.x }", #"{"o":{"x":1}}"#, "[true,2]"),
            Example(
                "an array is one for every function of the library",
                "table.insert(d.l, 4) table.sort(d.l, function(a, b) return a > b end) "
                    + "return { table.concat(d.l, ','), table.unpack(d.l) }",
                #"{"l":[1,2,3]}"#, #"["4,3,2,1",4,3,2,1]"#),
            Example(
                "an event's field that was removed is not read again",
                "event.data = nil return { event.data == nil }", "{}", "[true]"),
            Example(
                "headers may be a part of the document",
                "context.emit({}, { headers = d.h }) return nil", #"{"h":{"a":"1"}}"#, "{}"),
        ]

        @Test(arguments: written)
        func `what was left of a document keeps its bytes`(example: Example) async throws {
            try await expect(example)
        }

        @Test(arguments: seen)
        func `a document is a table like any other`(example: Example) async throws {
            try await expect(example)
        }

        @Test func `a numbered element in an object is an error, also in an empty one`()
            async throws
        {
            for document in ["{}", #"{"a":1}"#] {
                let reply = try await reply("d[1] = 5 return d", document)
                let message = try #require(reply.fault(0)).message
                #expect(message.contains("was read as an object"), "\(message)")
            }
        }

        @Test func `a document that goes deeper than it may where it is put is an error`()
            async throws
        {
            let deep = String(repeating: "[", count: 126) + String(repeating: "]", count: 126)
            let fits = try await reply("return { { d } }", deep)
            #expect(fits.emitted(0)?.map(\.event.payload) == [Array("[[\(deep)]]".utf8)])
            let tooDeep = try await reply("return { { { d } } }", deep)
            #expect(try #require(tooDeep.fault(0)).kind == .outputLimit)
        }

        @Test func `integers beyond 64 bits keep their digits when they are read as doubles`()
            async throws
        {
            let document = #"{"a":123456789012345678901234567890 , "b":18446744073709551615,"c":1}"#
            let reply = try await reply("d.c = d.a > 1 return d", document, "numbers = \"double\",")
            let wanted = document.replacing(#""c":1"#, with: #""c":true"#)
            #expect(reply.emitted(0)?.map(\.event.payload) == [Array(wanted.utf8)])
        }

        private func expect(_ example: Example) async throws {
            let reply = try await reply(example.lines, example.document)
            #expect(reply.fault(0) == nil)
            let emitted = reply.emitted(0) ?? []
            let payloads = emitted.map { String(decoding: $0.event.payload, as: UTF8.self) }
            #expect(payloads == [example.emitted])
        }

        private func reply(
            _ lines: String, _ document: String, _ fields: String = ""
        ) async throws -> RunReply {
            let host = try await HostStarter(executable: BuiltExecutables.functionHost).start()
            let script = """
                return { from = "in", to = "out", \(fields) handler = function(event, context)
                  local d = event.data
                  \(lines)
                end }
                """
            _ = try await host.load(.test(script))
            let reply = try await host.run(TestEvents.batch([document]), range: 0..<1)
            await host.stop()
            return reply
        }
    }
}
