import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// The tables that an event and its document are given in are used again for the next one.
    @Suite struct Leftovers {
        /// What a handler does to its event and its document, which the next one must not see.
        static let uses = [
            "d.x = 1", "d.n = nil", "d.n = nil d.n = 3", "d.o.y = 2", "d.o = nil", "d.l[5] = 1",
            "event.x = 1", "event.data = nil", "event.data = { x = 1 }", "event.key = 'k'",
            "event[1] = true", "d[1] = 1", "d[1] = 1 d[1] = nil", "d[2.5] = d", "d[d] = event",
            "for k in pairs(d) do d[k] = nil end", "for k, v in pairs(event) do event.x = v end",
            "array(d)", "setmetatable(d, { __index = { x = 1 } })", "rawset(d, 'x', 1)",
            "for i = 1, 200 do d['m' .. i] = i end", "for i = 1, 20 do d['m' .. i] = i end",
            "table.insert(d, 1)", "d.x = d d.y = event", "event.x = d error('raised')",
            "d.x = d error(d)", "context.emit(d) d.x = 1", "return context.reject('no')",
            "event.x = pcall(error, event)", "d.x = d.n d.o.x = d.l d.l = nil",
        ]

        /// A document that has `use` is used; others tell what is there.
        private static func script(_ use: String) -> String {
            """
            local function read(table, names)
              local found = {}
              for _, name in ipairs(names) do
                if table[name] ~= nil then found[#found + 1] = name end
              end
              return found
            end
            return { from = "in", to = "out", handler = function(event, context)
              local d = event.data
              if d.use then do \(use) end return nil end
              local members, fields = {}, {}
              for name in pairs(d) do members[#members + 1] = name end
              if d.pairs then
                for name in pairs(event) do fields[#fields + 1] = name end
              end
              return {
                members = array(members), fields = array(fields), length = #d, n = d.n,
                event = array(read(event, { "x", "data", "key", 1 })),
                document = array(read(d, { "x", "y", "n", "o", "l", "m1", "m20", 1, 2.5 })),
                nested = array(read(d.o, { "x", "y", "z" })), list = #d.l,
              }
            end }
            """
        }

        @Test(arguments: uses)
        func `what a handler leaves in its tables is not there for the next event`(
            _ use: String
        ) async throws {
            let looks = [
                #"{"n":7,"o":{"z":1},"l":[1,2]}"#, #"{"n":7,"o":{"z":1},"l":[1,2],"pairs":1}"#,
            ]
            let used = #"{"use":1,"n":1,"o":{"z":1},"l":[0]}"#
            let host = try await HostStarter(executable: BuiltExecutables.functionHost).start()
            var wanted: [[UInt8]] = []
            for look in looks {
                // A host that knows nothing of any other event.
                _ = try await host.load(.test(Self.script(use)))
                wanted += try await Self.emitted(by: host, [look])
            }
            _ = try await host.load(.test(Self.script(use)))
            // More than it takes until the host opens documents before they are asked for.
            let payloads = (0..<40).flatMap { _ in [used] + looks + [used, used] + looks }
            let emitted = try await Self.emitted(by: host, payloads)
            await host.stop()
            let told = emitted.filter { $0.starts(with: Array(#"{"document""#.utf8)) }
            try #require(told.count == 160)
            for (index, payload) in told.enumerated() {
                #expect(payload == wanted[index % 2], "\(String(decoding: payload, as: UTF8.self))")
            }
        }

        /// The first emission of each event, if it has one.
        private static func emitted(
            by host: some FunctionHost, _ payloads: [String]
        ) async throws -> [[UInt8]] {
            let batch = LaneBatch([TestEvents.part("in", payloads.map { TestEvents.json($0) })])
            let reply = try await host.run(batch, range: payloads.indices)
            return payloads.indices.compactMap { reply.emitted($0)?.first?.event.payload }
        }
    }
}
