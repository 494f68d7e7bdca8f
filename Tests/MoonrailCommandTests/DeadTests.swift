import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// `moonrail dead`: what failed is seen, tried, resent, laid aside.
@Suite struct DeadTests {
    /// A function `half` that fails for odd numbers: by line 6 of its file.
    private static let broken = """
        return {
          from = "numbers", to = "halves",
          handler = function(event, context)
            local number = event.data.n
            context.log.info("saw " .. number)
            if number % 2 == 1 then error("odd: " .. number) end
            return { half = number // 2 }
          end,
        }
        """
    private static let mended = broken.replacingOccurrences(
        of: "if number % 2 == 1 then error(\"odd: \" .. number) end", with: "")

    /// Numbers 0 to 5 were run, so that 1, 3 and 5 are dead letters, in this order.
    private static func withLetters(
        config: String? = nil, _ body: (Workplace, _ ids: [String]) async throws -> Void
    ) async throws {
        try await Workplace.with(config: config) { place in
            _ = try place.write("functions/half.lua", broken)
            try await place.command.run(
                "produce", "numbers", "--key", "k",
                input: (0..<6).map { "{\"k\":\"key\",\"n\":\($0)}\n" }.joined())
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 0, "\(run.errors)")
            try await body(place, try await ids(place))
        }
    }

    private static func ids(
        _ place: Workplace, _ options: String...
    ) async throws -> [String] {
        let list = try await place.command.start(["dead", "list", "half", "--json"] + options)
            .finish()
        #expect(list.status == 0, "\(list.errors)")
        return try list.json([[String: JSONValue]].self).compactMap {
            if case .string(let id) = $0["id"] { id } else { nil }
        }
    }

    private static func halves(_ place: Workplace) async throws -> [String] {
        try await place.command.run("read", "halves", "--format", "data").lines
    }

    @Test func `the letters of a function are listed with where and why`() async throws {
        try await Self.withLetters { place, ids in
            #expect(ids.count == 3)
            let list = try await place.command.run("dead", "list", "half")
            #expect(
                list.lines.first?.split(separator: " ")
                    == ["ID", "STATUS", "REASON", "POSITION", "KEY", "WRITTEN", "MESSAGE"])
            #expect(list.lines.count == 4)
            #expect(list.lines.last?.hasPrefix("\(ids[2])  pending  raised  numbers/0/5") == true)
            #expect(try await Self.ids(place, "--limit", "2") == Array(ids.prefix(2)))
            #expect(try await Self.ids(place, "--reason", "raised") == ids)
            #expect(try await Self.ids(place, "--reason", "time-limit") == [])
            #expect(try await Self.ids(place, "--status", "resent") == [])
        }
    }

    @Test func `a letter shows everything that is known of it`() async throws {
        try await Self.withLetters { place, ids in
            let shown = try await place.command.run("dead", "show", "half", ids[1])
            #expect(shown.status == 0, "\(shown.errors)")
            for line in [
                "status    pending", "reason    raised", "position  numbers/0/3",
                "stored    dead.half/0/1", "attempts  1", "data  {\"k\":\"key\",\"n\":3}",
            ] {
                #expect(shown.lines.contains { $0.hasPrefix(line) }, "\(line) in \(shown.output)")
            }
            #expect(shown.output.contains("half.lua:6: odd: 3"))
            #expect(shown.output.contains("\ntraceback:\n"))
            let json = try await place.command.run("dead", "show", "half", ids[1], "--json")
            let letter = try json.json([String: JSONValue].self)
            #expect(letter["status"] == .string("pending"))
            #expect(letter["follow_ups"] == .array([]))
            guard case .object(let event) = letter["event"] else {
                Issue.record("no event in \(json.output)")
                return
            }
            #expect(event["key"] == .string("key"))
            #expect(event["payload"] == .string("{\"k\":\"key\",\"n\":3}"))
        }
    }

    @Test func `a rerun shows what the script saw and did, and appends nothing`() async throws {
        try await Self.withLetters { place, ids in
            let failed = try await place.command.run("dead", "rerun", ids[0])
            #expect(failed.status == 1)
            #expect(failed.output.contains("\nlogged:\ninfo  saw 1\n"))
            #expect(failed.output.contains("\nfailed: raised: "))
            #expect(failed.output.contains("half.lua:6: odd: 1"))
            let fixed = try place.write("fixed.lua", Self.mended)
            let tried = try await place.command.run(
                "dead", "rerun", "half", ids[0], "--script", fixed)
            #expect(tried.status == 0, "\(tried.errors)")
            #expect(tried.output.contains("\nemitted to halves:\n"))
            #expect(tried.output.contains("data  {\"half\":0}"))
            #expect(try await Self.halves(place).count == 3)
            #expect(try await Self.ids(place) == ids)
        }
    }

    @Test func `what is mended is resent once, and its letter tells so`() async throws {
        try await Self.withLetters { place, ids in
            let again = try await place.command.run("dead", "retry", "half", "--all")
            #expect(again.status == 1)
            #expect(again.errors == "resent 0, failed again 3, skipped 0\n")
            _ = try place.write("functions/half.lua", Self.mended)
            let one = try await place.command.run("dead", "retry", "half", "--id", ids[1])
            #expect(one.status == 0, "\(one.errors)")
            #expect(one.errors == "resent 1, failed again 0, skipped 0\n")
            #expect(
                try await Self.halves(place)
                    == ["{\"half\":0}", "{\"half\":1}", "{\"half\":2}", "{\"half\":1}"])
            let all = try await place.command.run("dead", "retry", "half", "--all", "--json")
            #expect(try all.json([String: JSONValue].self)["resent"] == .integer(2))
            let none = try await place.command.run("dead", "retry", "half", "--id", ids[1])
            #expect(none.status == 0)
            #expect(none.errors.contains("done before 1"))
            #expect(try await Self.halves(place).count == 6)
            #expect(try await Self.ids(place) == [])
            #expect(try await Self.ids(place, "--status", "resent") == ids)
            let shown = try await place.command.run("dead", "show", ids[1])
            #expect(shown.lines.contains { $0.contains("  failed-again  ") })
            #expect(shown.lines.last?.contains("  resent  ") == true, "\(shown.output)")
        }
    }

    @Test func `what is skipped keeps the reason and no longer counts`() async throws {
        try await Self.withLetters { place, ids in
            let without = try await place.command.run("dead", "skip", "half", "--all")
            #expect(without.status == 2)
            #expect(without.errors.contains("--because"))
            let skipped = try await place.command.run(
                "dead", "skip", "half", "--id", ids[0], ids[1], "--because", "test data")
            #expect(skipped.status == 0, "\(skipped.errors)")
            #expect(skipped.errors == "resent 0, failed again 0, skipped 2\n")
            #expect(try await Self.ids(place) == [ids[2]])
            let shown = try await place.command.run("dead", "show", "half", ids[0])
            #expect(shown.output.contains("\"because\":\"test data\""), "\(shown.output)")
            let function = try await place.command.run("function", "show", "half")
            #expect(
                function.lines.contains {
                    $0.hasPrefix("dead letters") && $0.hasSuffix("1 pending, 0 resent, 2 skipped")
                }, "\(function.output)")
            let list = try await place.command.run("function", "list")
            #expect(list.lines.first?.hasSuffix("PENDING") == true)
            #expect(list.lines.last?.hasSuffix(" 1") == true)
        }
    }

    @Test func `a key's later events wait behind the first that failed`() async throws {
        let config = "functions:\n  half:\n    on_failure: park-key\n"
        try await Self.withLetters(config: config) { place, ids in
            // 1 failed; 2 to 5 wait behind it.
            #expect(ids.count == 5)
            #expect(try await Self.ids(place, "--reason", "parked-behind").count == 4)
            let later = try await place.command.run("dead", "retry", "half", "--id", ids[3])
            #expect(later.status == 1)
            #expect(later.errors.contains("waiting behind others of their keys 1"))
            _ = try place.write("functions/half.lua", Self.mended)
            let all = try await place.command.run("dead", "retry", "half", "--all")
            #expect(all.status == 0, "\(all.errors)")
            #expect(
                try await Self.halves(place)
                    == [0, 0, 1, 1, 2, 2].map { "{\"half\":\($0)}" })
        }
    }

    @Test(arguments: [
        (["retry", "half"], 2, "one of --id, --all and --reason"),
        (["retry", "half", "--all", "--reason", "raised"], 2, "one of --id, --all and --reason"),
        (["retry", "half", "--id", "nothing"], 3, "function 'half' has no dead letter nothing"),
        (["retry", "halv", "--all"], 3, "function 'halv' does not exist; did you mean 'half'?"),
        (["list", "half", "--reason", "raise"], 2, "did you mean 'raised'?"),
        (["retry", "half", "--reason", "raise"], 2, "did you mean 'raised'?"),
        (["list", "halv"], 3, "function 'halv' does not exist"),
        (["show", "half", "nothing"], 3, "function 'half' has no dead letter nothing"),
        (["rerun", "half", "nothing"], 3, "function 'half' has no dead letter nothing"),
        (["list", "half", "--status", "gone"], 2, "--status"),
    ])
    func `what can't be meant is refused with what to do`(
        arguments: [String], status: Int32, message: String
    ) async throws {
        try await Self.withLetters { place, _ in
            let result = try await place.command.start(["dead"] + arguments).finish()
            #expect(result.status == status)
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }

    @Test func `a function that paused says why and goes on when it is resumed`() async throws {
        try await Workplace.with(
            config: "functions:\n  half:\n    on_failure: stop\n"
        ) { place in
            _ = try place.write("functions/half.lua", Self.broken)
            try await place.command.run("produce", "numbers", input: "{\"n\":0}\n{\"n\":1}\n")
            let worker = try place.command.start(["run"])
            for _ in 0..<1_000 {
                let list = try await place.command.run("function", "list")
                if list.output.contains("paused") { break }
                try await Task.sleep(for: .milliseconds(20))
            }
            let shown = try await place.command.run("function", "show", "half")
            #expect(shown.lines.contains { $0.hasPrefix("state ") && $0.hasSuffix(" paused") })
            #expect(
                shown.lines.contains { $0.hasPrefix("reason ") && $0.contains("half.lua:6") },
                "\(shown.output)")
            let resumed = try await place.command.run("function", "resume", "half")
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.output == "1 lane of 'half' goes on\n")
            worker.send(SIGTERM)
            #expect(try await worker.finish(within: 20).status == 0)
            let unknown = try await place.command.run("function", "resume", "halv")
            #expect(unknown.status == 3)
        }
    }
}
