import Foundation
import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// What is said of a script's surroundings, compared with those that a real host gives.
    @Suite struct Contract {
        private let starter = HostStarter(executable: BuiltExecutables.functionHost)

        /// All that the libraries of Lua 5.4 have, by its manual.
        private static let standard: [String: String] = [
            "math": """
            abs acos asin atan ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max \
            maxinteger min mininteger modf pi pow rad random randomseed sin sinh sqrt tan tanh \
            tointeger type ult
            """,
            "os": "clock date difftime execute exit getenv remove rename setlocale time tmpname",
            "string": """
            byte char dump find format gmatch gsub len lower match pack packsize rep reverse \
            sub unpack upper
            """,
            "table": "concat insert move pack remove sort unpack",
            "utf8": "char charpattern codepoint codes len offset",
        ]
        private static let globals = """
            _G _VERSION assert collectgarbage coroutine debug dofile error getmetatable io ipairs \
            load loadfile math next os package pairs pcall print rawequal rawget rawlen rawset \
            require select setmetatable string table tonumber tostring type utf8 warn xpcall
            """

        /// Every word that stands in quotes in the host's sources: what it adds is among them.
        private static func wordsOfHost() throws -> Set<String> {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../Sources/CLuaHost")
            var words: Set<String> = []
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
            where file.hasSuffix(".c") {
                let text = try String(
                    contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                words.formUnion(text.matches(of: /"([a-z_]+)"/).map { String($0.1) })
            }
            return words
        }

        /// Those of `words` that an expression has as members, as the handler sees it.
        private func members(of expression: String, among words: Set<String>) async throws
            -> Set<String>
        {
            let list = words.sorted().map { "\"\($0)\"" }.joined(separator: ",")
            let found = try await answer(
                """
                local found = array {}
                for _, word in ipairs { \(list) } do
                  if (\(expression))[word] ~= nil then found[#found + 1] = word end
                end
                return { found = found }
                """)
            guard case .array(let names) = found else { return [] }
            return Set(names.compactMap { if case .string(let name) = $0 { name } else { nil } })
        }

        /// `found` of what a handler of this body returns.
        private func answer(_ body: String) async throws -> JSONValue? {
            let host = try await starter.start()
            let source = """
                return { from = "readings", to = "out", handler = function(event, context)
                \(body)
                end }
                """
            _ = try await host.load(.test(source))
            let event = Event(
                id: .text("1"), key: [0x61], time: EventTime(microseconds: 0), type: "t",
                headers: [.init("a", "b")], payload: Array("{}".utf8))
            let batch = LaneBatch([TestEvents.part("readings", [event])])
            let reply = try await host.run(batch, range: 0..<1)
            await host.stop()
            guard let emission = reply.emitted(0)?.last,
                case .object(let members) = try JSONValue(parsing: emission.event.payload)
            else {
                Issue.record("\(reply.outcomes)")
                return nil
            }
            return members["found"]
        }

        @Test func `the known globals are those of a host`() async throws {
            let words = try Self.wordsOfHost()
                .union(Self.globals.split(separator: " ").map(String.init))
                .union(ScriptContract.globals)
            #expect(words.isSuperset(of: ["array", "null", "io", "next"]))
            let libraries = Set(ScriptContract.libraries.keys)
            #expect(
                try await members(of: "_ENV", among: words)
                    == ScriptContract.globals.union(libraries))
        }

        @Test func `the known libraries have the members that they have in a host`() async throws {
            #expect(Set(ScriptContract.libraries.keys) == Set(Self.standard.keys))
            for (library, members) in ScriptContract.libraries {
                let standard = Self.standard[library, default: ""].split(separator: " ")
                let words = try Self.wordsOfHost().union(standard.map(String.init)).union(members)
                #expect(try await self.members(of: library, among: words) == members, "\(library)")
            }
        }

        @Test func `event and context have the members that they have in a host`() async throws {
            let fields = try await answer(
                """
                local found = array {}
                for name in pairs(event) do found[#found + 1] = name end
                return { found = found }
                """)
            #expect(
                fields == .array(ScriptContract.eventFields.sorted().map(JSONValue.string)))
            let words = try Self.wordsOfHost()
            // State is there where it is declared.
            #expect(
                try await members(of: "context", among: words)
                    == ScriptContract.contextMembers.subtracting(["state"]))
            #expect(
                try await members(of: "context.log", among: words) == ScriptContract.logLevels)
        }

        @Test func `an emission takes the options that are known, and no others`() async throws {
            let list = try Self.wordsOfHost().union(ScriptContract.emitOptions).sorted()
                .map { "\"\($0)\"" }.joined(separator: ",")
            let found = try await answer(
                """
                local found = array {}
                for _, word in ipairs { \(list) } do
                  local done, message = pcall(context.emit, {}, { [word] = {} })
                  if done or not message:find("unknown option", 1, true) then
                    found[#found + 1] = word
                  end
                end
                return { found = found }
                """)
            let accepted = ScriptContract.emitOptions.sorted().map(JSONValue.string)
            #expect(found == .array(accepted))
        }
    }
}
