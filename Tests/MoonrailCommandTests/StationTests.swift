import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct StationTests {
    @Test func `a station is created once, shown, listed and deleted`() async throws {
        try await Workplace.with { place in
            let command = place.command
            let created = try await command.run(
                "station", "create", "orders", "--partitions", "4", "--json")
            #expect(created.status == 0)
            let station = try created.json([String: JSONValue].self)
            #expect(
                station["settings"]
                    == .object([
                        "partitions": .integer(4), "retention": .object([:]),
                        "duplicates": .object([
                            "ids": .integer(1_000_000), "age_ms": .integer(86_400_000),
                        ]),
                    ]))
            // The same again is no error, another number is a conflict.
            #expect(
                try await command.run("station", "create", "orders", "--partitions", "4").status
                    == 0)
            #expect(try await command.run("station", "create", "orders").status == 0)
            let other = try await command.run("station", "create", "orders", "--partitions", "5")
            #expect(other.status == 4)
            #expect(other.errors.contains("station 'orders' exists with 4 partitions"))

            try await command.run("produce", "orders", input: "{}\n{}\n")
            let list = try await command.run("station", "list")
            #expect(list.lines.first == "STATION         PARTITIONS  EVENTS  BYTES")
            #expect(list.lines.last?.hasPrefix("orders                   4       2") == true)
            let names = try await command.run("station", "list", "--json")
                .json([[String: JSONValue]].self).map { $0["name"] }
            // That it was created is on record.
            #expect(names == [.string("moonrail.audit"), .string("orders")])
            let shown = try await command.run("station", "show", "orders")
            #expect(shown.lines.first == "station     orders")

            #expect(try await command.run("station", "delete", "orders").status == 0)
            #expect(try await command.run("station", "show", "orders").status == 3)
            #expect(try await command.run("station", "delete", "orders").status == 3)
        }
    }

    @Test(arguments: ["0", "1025", "-1", "many"])
    func `a number of partitions out of bounds is a usage error`(partitions: String)
        async throws
    {
        try await Workplace.with { place in
            let result = try await place.command.run(
                "station", "create", "s", "--partitions", partitions)
            #expect(result.status == 2)
        }
    }

    @Test func `a reserved name can't be created`() async throws {
        try await Workplace.with { place in
            let result = try await place.command.run("station", "create", "moonrail.internal")
            #expect(result.status == 2)
            #expect(result.errors.contains("reserved"))
            let produced = try await place.command.run(
                "produce", "moonrail.internal", input: "{}\n")
            #expect(produced.status == 2)
        }
    }

    @Test(arguments: ["raw", "clean", "dead.pass"])
    func `a station that a function uses is not deleted`(station: String) async throws {
        try await Workplace.with { place in
            try place.writeFunction("pass", from: "raw", to: "clean")
            try await place.command.run("station", "create", station)
            let result = try await place.command.run("station", "delete", station)
            #expect(result.status == 4)
            #expect(result.errors.contains("read or written by function 'pass'"))
            #expect(try await place.command.run("station", "show", station).status == 0)
        }
    }
}
