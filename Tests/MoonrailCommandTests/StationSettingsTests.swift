import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct StationSettingsTests {
    /// Lines of `station show`, by their names.
    private static func facts(_ place: Workplace, _ station: String) async throws
        -> [String: String]
    {
        let shown = try await place.command.run("station", "show", station)
        #expect(shown.status == 0, "\(shown.errors)")
        var facts: [String: String] = [:]
        for line in shown.lines.prefix(7) {
            let name = String(line.prefix { $0 != " " })
            facts[name] = line.dropFirst(name.count).drop { $0 == " " }.description
        }
        return facts
    }

    @Test func `a station is created with what it keeps and the ids it recognises`() async throws {
        try await Workplace.with { place in
            let created = try await place.command.run(
                "station", "create", "orders", "--partitions", "2", "--retention-age", "7d",
                "--retention-bytes", "10GiB", "--retention-events", "1000", "--duplicate-ids",
                "500", "--duplicate-age", "24h", "--json")
            #expect(created.status == 0, "\(created.errors)")
            let station = try created.json([String: JSONValue].self)
            #expect(
                station["settings"]
                    == .object([
                        "partitions": .integer(2),
                        "retention": .object([
                            "age_ms": .integer(604_800_000), "bytes": .integer(10 << 30),
                            "events": .integer(1_000),
                        ]),
                        "duplicates": .object([
                            "ids": .integer(500), "age_ms": .integer(86_400_000),
                        ]),
                    ]))
            let facts = try await Self.facts(place, "orders")
            #expect(facts["keeps"] == "7d, 10GiB, 1000 events")
            #expect(facts["duplicates"] == "recognised within 500 ids, 1d")
            #expect(facts["window"] == "0 ids now")
        }
    }

    @Test func `what is altered changes, what is not named stays, and none removes a bound`()
        async throws
    {
        try await Workplace.with { place in
            try await place.command.run(
                "station", "create", "orders", "--retention-age", "7d", "--retention-events", "9")
            let altered = try await place.command.run(
                "station", "alter", "orders", "--retention-age", "none", "--duplicate-ids", "77")
            #expect(altered.status == 0, "\(altered.errors)")
            let facts = try await Self.facts(place, "orders")
            #expect(facts["keeps"] == "9 events")
            #expect(facts["duplicates"] == "recognised within 77 ids, 1d")
            let all = try await place.command.run(
                "station", "alter", "orders", "--retention-events", "none")
            #expect(all.lines.contains("keeps       everything"))
        }
    }

    @Test(arguments: [
        (["orders"], 2, "say what to alter"),
        (["orders", "--retention-age", "7"], 2, "--retention-age is '7'; it must be a duration"),
        (["orders", "--duplicate-age", "none"], 2, "--duplicate-age is 'none'; it must be"),
        (["orders", "--partitions", "3"], 2, "Unknown option '--partitions'"),
        (["other", "--retention-age", "7d"], 3, "station 'other' does not exist"),
    ])
    func `an alteration that can't be is refused with what to do`(
        arguments: [String], status: Int32, message: String
    ) async throws {
        try await Workplace.with { place in
            try await place.command.run("station", "create", "orders")
            let result = try await place.command.start(["station", "alter"] + arguments).finish()
            #expect(result.status == status)
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }

    @Test func `a worker that starts alters a station to what is declared and says so`()
        async throws
    {
        let config = """
            stations:
              raw:
                partitions: 2
                retention: { age: 30d }
            """
        try await Workplace.with(config: config) { place in
            try await place.command.run("produce", "raw", input: "{}\n")
            try await place.command.run("station", "alter", "raw", "--retention-age", "1d")
            // A command leaves it as it is.
            try await place.command.run("produce", "raw", input: "{}\n")
            #expect(try await Self.facts(place, "raw")["keeps"] == "1d")
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 0, "\(run.errors)")
            #expect(
                run.errors.contains(
                    "station 'raw' is altered as declared: it kept 1d, and keeps 30d now"))
            #expect(try await Self.facts(place, "raw")["keeps"] == "30d")
        }
    }

    @Test func `the first event's time and the reach of the window are shown`() async throws {
        try await Workplace.with { place in
            try await place.command.run("produce", "s", "--id", "id", input: "{\"id\":1}\n")
            let shown = try await place.command.run("station", "show", "s", "--json")
            let station = try shown.json([String: JSONValue].self)
            guard case .object(let window) = station["window"],
                case .array(let partitions) = station["partitions"],
                case .object(let partition)? = partitions.first
            else {
                Issue.record("no window in \(shown.output)")
                return
            }
            #expect(window["ids"] == .integer(1))
            guard case .string(let time) = partition["earliest_time"] else {
                Issue.record("no time in \(shown.output)")
                return
            }
            #expect(EventTime(time) != nil)
        }
    }
}
