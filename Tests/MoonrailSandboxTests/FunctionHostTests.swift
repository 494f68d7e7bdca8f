import Glibc
import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// The real host, through the port.
    @Suite struct Function {
        private let starter = HostStarter(executable: BuiltExecutables.functionHost)

        /// Runs `source` over one event for each payload.
        private func run(
            _ source: String, _ payloads: [String], outputs: [String] = ["out"],
            limits: FunctionLimits = FunctionLimits()
        ) async throws -> RunReply {
            let host = try await starter.start()
            var program = try FunctionProgram.test(source, outputs: outputs)
            program.limits = limits
            _ = try await host.load(program)
            let reply = try await host.run(TestEvents.batch(payloads), range: 0..<payloads.count)
            await host.stop()
            return reply
        }

        private static func script(_ body: String) -> String {
            """
            return { from = "readings", to = "out", handler = function(event, context)
            \(body)
            end }
            """
        }

        @Test func `a started host says which layers of its sandbox are active`() async throws {
            let host = try await starter.startProcess()
            #expect(host.layers.active.contains("seccomp"))
            await host.stop()
        }

        @Test func `a load answers with the table that the script returned`() async throws {
            let host = try await starter.start()
            let table = try await host.load(.test(Self.script("return nil")))
            #expect(
                try JSONValue(parsing: table)
                    == .object([
                        "from": .string("readings"), "to": .string("out"),
                        "handler": .string("<function>"),
                    ]))
            await host.stop()
        }

        @Test func `a returned table is one event, and nil none`() async throws {
            let reply = try await run(
                Self.script("if event.data.a == 2 then return nil end return { b = event.data.a }"),
                [#"{"a":1}"#, #"{"a":2}"#, #"{"a":3}"#])
            #expect(reply.outcomes.count == 3)
            let first = try #require(reply.emitted(0))
            #expect(first.map(\.output) == [0])
            #expect(first.map(\.event) == [TestEvents.json(#"{"b":1}"#)])
            #expect(reply.emitted(1)?.isEmpty == true)
            #expect(reply.emitted(2)?.map(\.event) == [TestEvents.json(#"{"b":3}"#)])
        }

        @Test func `emissions have the outputs, keys and ids that the script gave them`()
            async throws
        {
            let reply = try await run(
                Self.script(
                    """
                    context.emit({ n = 1 }, { to = "second", key = "k", id = "one" })
                    context.emit({ n = 2 }, { to = "first" })
                    """), ["{}"], outputs: ["first", "second"])
            let emitted = try #require(reply.emitted(0))
            #expect(emitted.map(\.output) == [1, 0])
            #expect(
                emitted.map(\.event)
                    == [
                        TestEvents.json(#"{"n":1}"#, key: "k", id: "one"),
                        TestEvents.json(#"{"n":2}"#),
                    ])
        }

        @Test func `a program without outputs takes them from its script`() async throws {
            let reply = try await run(
                #"return { from = "a", to = { "x", "y" }, handler = function(event, context) "#
                    + #"context.emit({}, { to = "y" }) end }"#, ["{}"], outputs: [])
            #expect(reply.emitted(0)?.map(\.output) == [1])
        }

        @Test func `a rejected event has the reason`() async throws {
            let reply = try await run(Self.script(#"return context.reject("too cold")"#), ["{}"])
            #expect(reply.fault(0) == FunctionFault(kind: .rejected, message: "too cold"))
        }

        @Test func `a raised error has file, line and traceback, and the next event runs`()
            async throws
        {
            let reply = try await run(
                Self.script("if event.data.bad then error('broken') end return event.data"),
                [#"{"bad":true}"#, "{}"])
            let fault = try #require(reply.fault(0))
            #expect(fault.kind == .raised)
            #expect(fault.message.hasPrefix("functions/test.lua:2: broken"))
            #expect(fault.traceback.contains("functions/test.lua:2"))
            #expect(reply.emitted(1)?.count == 1)
        }

        @Test func `a script that does not compile is a load failure with file and line`()
            async throws
        {
            let host = try await starter.start()
            let error = await #expect(throws: HostError.self) {
                try await host.load(.test("return {\n  from = = 1\n}"))
            }
            guard case .loadFailed(let fault) = error else {
                return #expect(error == nil, "it is no load failure")
            }
            #expect(fault.message.contains("functions/test.lua:2"))
            // The host lives on and takes another program.
            _ = try await host.load(.test(Self.script("return event.data")))
            #expect(try await host.run(TestEvents.batch(["{}"]), range: 0..<1).outcomes.count == 1)
            await host.stop()
        }

        @Test func `a script that loops forever is answered with a time limit fault`()
            async throws
        {
            let reply = try await run(
                Self.script("if event.data.loop then while true do end end return event.data"),
                ["{}", #"{"loop":true}"#, "{}"])
            #expect(reply.outcomes.count == 2)
            #expect(reply.emitted(0)?.count == 1)
            #expect(reply.fault(1)?.kind == .timeLimit)
        }

        @Test func `a script over its memory is answered with a memory limit fault`()
            async throws
        {
            // On a busy machine the memory is not full within the usual time.
            var limits = FunctionLimits()
            limits.eventTime = .seconds(30)
            let reply = try await run(
                Self.script("local t = {} for i = 1, 1e9 do t[i] = { i } end"), ["{}"],
                limits: limits)
            #expect(reply.fault(0)?.kind == .memoryLimit)
        }

        @Test func `too many emissions are answered with an output limit fault`() async throws {
            var limits = FunctionLimits()
            limits.emissions = 3
            let reply = try await run(
                Self.script("for i = 1, 4 do context.emit({ i = i }) end"), ["{}"], limits: limits)
            #expect(reply.fault(0)?.kind == .outputLimit)
        }

        @Test func `log lines come with their events and levels`() async throws {
            let reply = try await run(
                Self.script("context.log.warn('hot ' .. event.data.a)"),
                [#"{"a":1}"#, #"{"a":2}"#])
            #expect(
                reply.logs == [
                    .init(event: 0, level: .warn, text: "hot 1"),
                    .init(event: 1, level: .warn, text: "hot 2"),
                ])
        }

        @Test func `a table behind the message holds a line's fields`() async throws {
            let reply = try await run(
                Self.script(
                    """
                    context.log.info("sold", { piece = event.data.piece, price = 2.50, tags = {} })
                    context.log.error("a", 1, { b = true })
                    context.log.debug({ alone = 1 })
                    print("p", { c = 1 })
                    """), [#"{"piece":{"n":1.50}}"#])
            #expect(
                reply.logs == [
                    .init(
                        event: 0, level: .info, text: "sold",
                        fields: #"{"piece":{"n":1.50},"price":2.5,"tags":{}}"#),
                    .init(event: 0, level: .error, text: "a\t1", fields: #"{"b":true}"#),
                    .init(event: 0, level: .debug, text: "table"),
                    .init(event: 0, level: .info, text: "p\ttable"),
                ])
        }

        @Test func `fields that JSON can't hold are an error that names them`() async throws {
            let reply = try await run(
                Self.script(
                    """
                    if event.data.list then context.log.info("x", { 1, 2 }) end
                    context.log.info("x", { a = { b = 0 / 0 } })
                    """), ["{}", #"{"list":true}"#])
            #expect(
                reply.fault(0)?.message.contains("context.log: fields.a.b is not a number") == true)
            #expect(
                reply.fault(1)?.message.contains(
                    "context.log: fields must have names, as in { customer = 17 }") == true)
        }

        @Test func `fields count for what an event may log`() async throws {
            var limits = FunctionLimits()
            limits.logBytes = 100
            let reply = try await run(
                Self.script(
                    """
                    context.log.info("fits", { a = string.rep("x", 50) })
                    context.log.info("does not", { a = string.rep("x", 50) })
                    """), ["{}"], limits: limits)
            #expect(
                reply.logs.map(\.text) == ["fits", "further log lines of this event were dropped"])
            #expect(reply.logs[1].level == .warn && reply.logs[1].fields.isEmpty)
        }

        @Test func `requests to one host are answered in the order in which they came`()
            async throws
        {
            let host = try await starter.start()
            _ = try await host.load(.test(Self.script("return event.data")))
            let batch = TestEvents.batch((0..<64).map { #"{"n":\#($0)}"# })
            try await withThrowingTaskGroup { group in
                for event in 0..<64 {
                    group.addTask {
                        let reply = try await host.run(batch, range: event..<event + 1)
                        let payload = reply.emitted(0)?.first.map(\.event.payload)
                        #expect(payload == Array(#"{"n":\#(event)}"#.utf8))
                    }
                }
                try await group.waitForAll()
            }
            await host.stop()
        }

        @Test func `an event of many megabytes makes the way there and back`() async throws {
            let text = #"{"a":""# + String(repeating: "x", count: 6 << 20) + #""}"#
            var limits = FunctionLimits()
            limits.memoryBytes = 256 << 20
            limits.eventTime = .seconds(5)
            limits.emissionBytes = 16 << 20
            limits.outputBytes = 16 << 20
            let reply = try await run(Self.script("return event.data"), [text], limits: limits)
            #expect(reply.emitted(0)?.first?.event.payload == Array(text.utf8))
        }

        @Test func `a host that is killed in a run fails it, and nothing of it remains`()
            async throws
        {
            let host = try await starter.startProcess()
            var program = try FunctionProgram.test(Self.script("while true do end"))
            program.limits.eventTime = .seconds(10)
            _ = try await host.load(program)
            let run = Task { try await host.run(TestEvents.batch(["{}"]), range: 0..<1) }
            try await Task.sleep(for: .milliseconds(100))
            kill(host.processID, SIGKILL)
            let result = await run.result
            guard case .failure(let error as HostError) = result, case .died(let how) = error else {
                return #expect(Bool(false), "the run was answered: \(result)")
            }
            #expect(how.hasPrefix("killed by SIGKILL"))
            #expect(!ProcessTable.exists(host.processID))
            await #expect(throws: error) {
                try await host.run(TestEvents.batch(["{}"]), range: 0..<1)
            }
        }

        @Test func `a busy host is gone when stop returns, and its run fails`() async throws {
            let host = try await starter.startProcess()
            var program = try FunctionProgram.test(Self.script("while true do end"))
            program.limits.eventTime = .seconds(10)
            _ = try await host.load(program)
            let run = Task { try await host.run(TestEvents.batch(["{}"]), range: 0..<1) }
            try await Task.sleep(for: .milliseconds(50))
            await host.stop()
            #expect(!ProcessTable.exists(host.processID))
            await #expect(throws: HostError.died("it was stopped")) { try await run.value }
        }

        @Test func `two hundred starts and stops leave no descriptor and no process`()
            async throws
        {
            let program = try FunctionProgram.test(Self.script("return event.data"))
            let before = try ProcessTable.openSockets()
            var processes: [Int32] = []
            for round in 0..<200 {
                let host = try await starter.startProcess()
                processes.append(host.processID)
                if round % 4 == 0 { _ = try await host.load(program) }
                if round % 2 == 0 { await host.stop() }
            }
            for process in processes { #expect(try await ProcessTable.isGoneSoon(process)) }
            // Descriptors close when dispatch has let go of them, a moment after the process ended.
            #expect(try await ProcessTable.areSocketsClosedSoon(downTo: before))
        }

        @Test func `a host outlives the idle threads of the pool that were there at its start`()
            async throws
        {
            let host = try await starter.startProcess()
            _ = try await host.load(.test(Self.script("return event.data")))
            // Idle threads of libdispatch leave after five seconds.
            try await Task.sleep(for: .seconds(7))
            #expect(ProcessTable.exists(host.processID))
            #expect(try await host.run(TestEvents.batch(["{}"]), range: 0..<1).outcomes.count == 1)
            await host.stop()
        }
    }
}
