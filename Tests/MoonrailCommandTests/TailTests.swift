import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Watching a worker that is another process.
@Suite struct TailTests {
    private static let script = """
        return { from = "a", to = { "b", "c" }, handler = function(event, context)
          local kind = event.data.kind
          if kind == "log" then context.log.info("one\\27[31m two") end
          if kind == "drop" then return nil end
          if kind == "raise" then error("no such luck") end
          if kind == "reject" then return context.reject("not this one") end
          context.emit({ n = event.data.n }, { to = "c", key = "k" })
          return event.data
        end }
        """

    /// Calls `body` beside a worker whose functions run.
    private static func whileWorking(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/f.lua", script)
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            try await wait {
                try await place.command.run("function", "show", "f").output.contains("running")
            }
            do {
                try await body(place)
            } catch {
                worker.send(SIGKILL)
                throw error
            }
            worker.send(SIGTERM)
            #expect(try await worker.finish(within: 60).status == 0)
        }
    }

    /// Waits until something holds; a failure after half a minute.
    private static func wait(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<1_500 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it never came")
    }

    /// A tail that sees everything from here on.
    private static func tail(
        _ place: Workplace, _ arguments: String...
    ) async throws -> MoonrailCommand.Running {
        let tail = try place.command.start(["tail"] + arguments)
        try await wait { tail.errorsSoFar.contains("following") }
        return tail
    }

    private static func produce(_ place: Workplace, _ kinds: String...) async throws {
        let lines = kinds.enumerated().map { #"{"kind":"\#($1)","n":\#($0)}"# }
        let produced = try await place.command.run(
            "produce", "a", "--key", "n", input: lines.joined(separator: "\n"))
        #expect(produced.status == 0, "\(produced.errors)")
    }

    /// Without the times, which differ from run to run.
    private static func withoutTimes(_ text: String) -> String {
        text.replacing(#/  [0-9.]+ (ms|µs)\n/#, with: "  TIME\n")
    }

    @Test func `each invocation is shown with what came in, was logged, came out, and failed`()
        async throws
    {
        try await Self.whileWorking { place in
            let tail = try await Self.tail(place)
            try await Self.produce(place, "log", "drop", "raise", "reject")
            try await Self.wait { tail.outputSoFar.contains("not this one") }
            tail.send(SIGINT)
            let result = try await tail.finish()
            #expect(result.status == 130)
            let version = try #require(result.output.prefix(9).wholeMatch(of: /f@[0-9a-f]{7}/))
            #expect(
                Self.withoutTimes(result.output)
                    == """
                    \(version.output)  a/0/0  ok  TIME
                      in      key 0  {"kind":"log","n":0}
                      log     info: one\u{FFFD}[31m two
                      out     c  key k  {"n":0}
                      out     b  key 0  {"kind":"log","n":0}
                    \(version.output)  a/0/1  dropped  TIME
                      in      key 1  {"kind":"drop","n":1}
                    \(version.output)  a/0/2  error  TIME
                      in      key 2  {"kind":"raise","n":2}
                      FAILED  raised: functions/f.lua:5: no such luck
                    \(version.output)  a/0/3  rejected  TIME
                      in      key 3  {"kind":"reject","n":3}
                      reject  not this one

                    """.replacing("functions/f.lua", with: place.functions.path + "/f.lua"))
        }
    }

    @Test func `as JSON there is one object a line, with the length of what was cut`() async throws
    {
        struct Line: Decodable {
            struct Event: Decodable {
                let payload: String
                let payload_bytes: Int?
            }
            struct Emission: Decodable {
                let station: String
                let event: Event
            }
            let function: String
            let version: String
            let station: String
            let offset: Int
            let status: String
            let outcome: String
            let event: Event
            let emissions: [Emission]
            let microseconds: Double?
        }
        try await Self.whileWorking { place in
            let tail = try await Self.tail(place, "f", "--json")
            let long = String(repeating: "x", count: 10_000)
            try await Self.produce(place, "", long, "raise")
            try await Self.wait { tail.outputSoFar.contains("raised") }
            tail.send(SIGTERM)
            let lines = try await tail.finish().lines.map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            #expect(lines.map(\.offset) == [0, 1, 2])
            #expect(lines.map(\.status) == ["ok", "ok", "error"])
            #expect(lines.map(\.outcome) == ["emitted", "emitted", "raised"])
            #expect(lines.allSatisfy { $0.version.count == 64 && $0.microseconds != nil })
            #expect(lines[0].event.payload == #"{"kind":"","n":0}"#)
            #expect(lines[0].event.payload_bytes == nil)
            #expect(lines[0].emissions.map(\.station) == ["c", "b"])
            #expect(lines[1].event.payload.utf8.count == 4_096)
            #expect(lines[1].event.payload_bytes == 10_000 + #"{"kind":"","n":1}"#.utf8.count)
        }
    }

    @Test func `only what is asked for is shown`() async throws {
        try await Self.whileWorking { place in
            let failures = try await Self.tail(place, "f", "--status", "error,rejected")
            let sampled = try await Self.tail(place, "--sample", "0.000001")
            try await Self.produce(place, "", "raise", "", "reject")
            try await Self.wait { failures.outputSoFar.contains("not this one") }
            failures.send(SIGINT)
            sampled.send(SIGINT)
            let heads = try await failures.finish().lines.filter { !$0.hasPrefix(" ") }
            #expect(heads.map { String($0.split(separator: " ")[1]) } == ["a/0/1", "a/0/3"])
            #expect(try await sampled.finish().output.isEmpty)
        }
    }

    @Test func `a tail says that the worker left, and which function there is not`() async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/f.lua", Self.script)
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            let tail = try await Self.tail(place)
            try await Self.wait {
                try await place.command.run("function", "show", "f").status == 0
            }
            let unknown = try await place.command.run("tail", "g")
            #expect(unknown.status == 3)
            #expect(unknown.errors.contains("function 'g' does not exist"))
            worker.send(SIGTERM)
            #expect(try await worker.finish(within: 60).status == 0)
            let result = try await tail.finish(within: 60)
            #expect(result.status == 5)
            #expect(result.errors.hasSuffix("what functions do from now on is not shown\n"))
        }
    }

    @Test func `where no worker runs there is nothing to watch, and the message says what to do`()
        async throws
    {
        try await Workplace.with { place in
            #expect(try await place.command.run("tail").status == 3)
            try await place.command.run("station", "create", "s")
            let result = try await place.command.run("tail")
            #expect(result.status == 4)
            #expect(result.errors.contains("no worker runs on this data directory"))
            #expect(result.errors.contains("moonrail run"))
        }
    }

    @Test(arguments: [
        ["--status", "fine"], ["--sample", "0"], ["--sample", "2"], ["--sample", "many"],
        ["Not A Name"],
    ])
    func `a wrong command line ends with status 2`(arguments: [String]) async throws {
        try await Workplace.with { place in
            let result = try await place.command.start(["tail"] + arguments).finish()
            #expect(result.status == 2)
            #expect(!result.errors.isEmpty)
        }
    }

    @Test func `invocations come as server-sent events to who asks for them`() async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/f.lua", Self.script)
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            try await Self.wait {
                try await place.command.run("function", "show", "f").output.contains("running")
            }
            let socket = place.socket
            async let stream: SocketClient.Answer = withCheckedThrowingContinuation { waiting in
                Thread.detachNewThread {
                    waiting.resume(
                        with: Result {
                            try SocketClient.send(
                                "GET", "/v1/invocations",
                                headers: ["Accept": "text/event-stream"], to: socket)
                        })
                }
            }
            // Whenever it began, some of these come after that.
            for _ in 0..<20 { try await Self.produce(place, "drop") }
            worker.send(SIGTERM)
            _ = try await worker.finish(within: 60)
            let answer = try await stream
            #expect(answer.headers["content-type"] == "text/event-stream")
            let events = answer.body.components(separatedBy: "\n\n").dropLast()
            #expect(events.first == ":")
            #expect(events.count > 1)
            for event in events.dropFirst() {
                #expect(event.hasPrefix("data: {"))
                let message = try JSONValue(parsing: Array(event.utf8.dropFirst(6)))
                #expect(message["function"] == .string("f"))
            }
        }
    }
}
