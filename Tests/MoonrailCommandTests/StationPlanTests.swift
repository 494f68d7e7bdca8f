import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct StationPlanTests {
    private static func configuration(_ server: NATSServer, partitions: Int = 1) -> String {
        """
        engine: nats
        nats: { servers: "\(server.url)" }
        stations:
          orders:
            partitions: \(partitions)
            retention: { age: 30d }
        """
    }

    @Test func `on NATS a worker leaves a station as it is and says so, and --apply alters it`()
        async throws
    {
        let server = try await NATSServer()
        try await Workplace.with(config: Self.configuration(server)) { place in
            try await place.command.run("produce", "orders", input: "{}\n")
            let altered = try await place.command.run(
                "station", "alter", "orders", "--retention-age", "7d")
            #expect(altered.status == 0, "\(altered.errors)")
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 0, "\(run.errors)")
            #expect(
                run.errors.contains(
                    "station 'orders' is not as declared and stays as it is: retention.age is 7d, "
                        + "declared 30d; to alter it: moonrail station plan orders --apply"),
                "\(run.errors)")

            let plan = try await place.command.run("station", "plan")
            #expect(plan.status == 4)
            #expect(
                plan.lines == [
                    "STATION  SETTING        IS  DECLARED  PLAN",
                    "orders   retention.age  7d  30d       to alter",
                ])
            #expect(plan.errors.contains("moonrail station plan --apply"), "\(plan.errors)")
            let shown = try await place.command.run("station", "show", "orders")
            #expect(shown.lines.contains { $0.hasPrefix("keeps") && $0.hasSuffix(" 7d") })

            let applied = try await place.command.run("station", "plan", "orders", "--apply")
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(applied.lines.last == "orders   retention.age  7d  30d       altered")
            let again = try await place.command.run("station", "plan")
            #expect(again.status == 0)
            #expect(again.output.isEmpty)
            #expect(again.errors == "moonrail: all is as declared\n")
            let audit = try await place.command.run("read", "moonrail.audit", "--format", "data")
            #expect(audit.lines.last?.contains("station-altered") == true, "\(audit.output)")
        }
    }

    @Test func `what is fixed is named and left, after the rest was done`() async throws {
        let server = try await NATSServer()
        let configuration = Self.configuration(server, partitions: 2)
        try await Workplace.with(config: configuration) { place in
            let plain = MoonrailCommand(data: place.data, nats: server)
            try await plain.run("station", "create", "orders")
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("partitions is 1, declared 2 (fixed)"), "\(run.errors)")
            let applied = try await place.command.run("station", "plan", "--apply", "--json")
            #expect(applied.status == 4)
            #expect(applied.errors.contains("moonrail station copy"), "\(applied.errors)")
            let entries = try applied.json([JSONValue].self)
            #expect(
                entries == [
                    .object([
                        "station": .string("orders"), "exists": .bool(true),
                        "created": .bool(false),
                        "changes": .array([
                            .object([
                                "setting": .string("partitions"), "present": .string("1"),
                                "declared": .string("2"), "fixed": .bool(true),
                                "applied": .bool(false),
                            ]),
                            .object([
                                "setting": .string("retention.age"), "present": .string("none"),
                                "declared": .string("30d"), "fixed": .bool(false),
                                "applied": .bool(true),
                            ]),
                        ]),
                    ])
                ])
        }
    }

    @Test func `stations of the data directory are compared, altered and created, too`()
        async throws
    {
        let config = """
            stations:
              later: {}
              orders:
                retention: { age: 30d }
            """
        try await Workplace.with(config: config) { place in
            try await place.command.run("produce", "orders", input: "{}\n")
            try await place.command.run("station", "alter", "orders", "--retention-age", "none")
            try await place.command.run("station", "delete", "later")
            let plan = try await place.command.run("station", "plan")
            #expect(plan.status == 4)
            #expect(
                plan.lines == [
                    "STATION  SETTING        IS       DECLARED  PLAN",
                    "later    -              missing  -         to create",
                    "orders   retention.age  none     30d       to alter",
                ])
            let applied = try await place.command.run("station", "plan", "--apply")
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(
                applied.lines.dropFirst() == [
                    "later    -              missing  -         created",
                    "orders   retention.age  none     30d       altered",
                ])
            #expect(try await place.command.run("station", "plan").status == 0)
        }
    }

    @Test func `a station of which nothing is declared is not found`() async throws {
        try await Workplace.with { place in
            let result = try await place.command.run("station", "plan", "orders")
            #expect(result.status == 3)
            #expect(result.errors.contains("declares nothing of station 'orders'"))
        }
    }
}
