import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Consumer groups, over the API and by the command line.
@Suite struct ConsumerTests {
    private static func put(
        _ target: String, _ api: APIPlace, body: String = ""
    ) throws -> SocketClient.Answer {
        try SocketClient.send("PUT", "/v1/" + target, body: body, to: api.socket)
    }

    private static func commit(
        _ from: String, _ to: String, _ api: APIPlace
    ) throws -> SocketClient.Answer {
        try SocketClient.send(
            "POST", "/v1/stations/s/consumers/g/commit",
            body: "{\"from\":\"\(from)\",\"to\":\"\(to)\"}", to: api.socket)
    }

    private static func withGroup(_ body: (APIPlace) async throws -> Void) async throws {
        try await APIPlace.with { api in
            _ = try api.post("s", EventsInTests.lines, "0\n1\n2\n3\n4\n")
            #expect(try put("stations/s/consumers/g", api).status == 201)
            try await body(api)
        }
    }

    @Test func `what is not committed is given again, and what is, is not`() async throws {
        try await Self.withGroup { api in
            let target = "stations/s/consumers/g/events?limit=2"
            for _ in 0..<2 {
                let page = try api.get(target).json()
                #expect(page["events"]?.elements.map { $0["data"] } == [.integer(0), .integer(1)])
                #expect(page["position"] == .string("0:0"))
                #expect(page["next"] == .string("0:2"))
            }
            let further = try api.get(target + "&from=0:2").json()
            #expect(further["events"]?.elements.first?["data"] == .integer(2))
            #expect(further["position"] == .string("0:0"))
            let committed = try Self.commit("0:0", "0:2", api)
            #expect(committed.status == 200)
            #expect(try committed.json()["lag"] == .integer(3))
            let page = try api.get(target).json()
            #expect(page["events"]?.elements.first?["data"] == .integer(2))
        }
    }

    @Test func `a commit that comes late moves nothing, and is told where the group is`()
        async throws
    {
        try await Self.withGroup { api in
            #expect(try Self.commit("0:0", "0:4", api).status == 200)
            let late = try Self.commit("0:0", "0:2", api)
            #expect(late.status == 409)
            #expect(try late.json()["type"] == .string("/problems/moved"))
            #expect(try late.json()["position"] == .string("0:4"))
            // Going back is a wish like another one, when it knows where the group is.
            #expect(try Self.commit("0:4", "0:1", api).status == 200)
            let audit = try api.get("stations/moonrail.audit/events").body
            #expect(audit.contains("consumer-created"))
            #expect(audit.contains("consumer-moved"))
        }
    }

    @Test func `of commits at once exactly one wins each step`() async throws {
        try await Self.withGroup { api in
            let socket = api.socket
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try SocketClient.send(
                            "POST", "/v1/stations/s/consumers/g/commit",
                            body: #"{"from":"0:0","to":"0:3"}"#, to: socket
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 200 || $0 == 409 })
            #expect(statuses.filter { $0 == 200 }.count <= 1)
            let group = try api.get("stations/s/consumers/g").json()
            let moved = statuses.contains(200)
            #expect(group["position"] == .string(moved ? "0:3" : "0:0"))
        }
    }

    @Test(arguments: [
        ("0:0", "0:6", 400), ("0:0", "1:0", 400), ("", "0:1", 400), ("0:0", "x", 400),
        ("1:0", "0:1", 400), ("0:1", "0:2", 409),
    ])
    func `positions that are none of the station's are refused`(
        from: String, to: String, status: Int
    ) async throws {
        try await Self.withGroup { api in
            #expect(try Self.commit(from, to, api).status == status)
            let group = try api.get("stations/s/consumers/g").json()
            #expect(group["position"] == .string("0:0"))
        }
    }

    @Test func `a group begins where it is said to, and stays when it is there`() async throws {
        try await APIPlace.with { api in
            _ = try api.post("s", EventsInTests.lines, "0\n1\n2\n")
            for (name, start, position) in [
                ("a", "earliest", "0:0"), ("b", "latest", "0:3"), ("c", "-2", "0:1"),
                ("d", "0:2", "0:2"), ("e", "1", "0:1"),
            ] {
                let target = "stations/s/consumers/\(name)"
                let first = try Self.put(target, api, body: "{\"start\":\"\(start)\"}")
                #expect(first.status == 201)
                #expect(try first.json()["position"] == .string(position))
                let again = try Self.put(target, api, body: "{\"start\":\"0:0\"}")
                #expect(again.status == 200)
                #expect(try again.json()["position"] == .string(position))
            }
            #expect(try api.get("consumers").json().elements.count == 5)
            _ = try Self.put("stations/other", api)
            #expect(try Self.put("stations/other/consumers/a", api).status == 409)
            #expect(try api.get("stations/other/consumers/a").status == 404)
            #expect(try api.get("stations/other/consumers").json().elements.isEmpty)
        }
    }

    @Test func `members of a group may share its partitions`() async throws {
        try await APIPlace.with { api in
            _ = try Self.put("stations/wide", api, body: "{\"partitions\":100}")
            for key in 0..<40 {
                let headers = EventsInTests.json.merging(["moonrail-key": "\(key)"]) { $1 }
                _ = try api.post("wide", headers, "\(key)")
            }
            let group = "stations/wide/consumers/g"
            _ = try Self.put(group, api)
            // A position of them all would be too long to be told with each page.
            #expect(try api.get(group + "/events").status == 400)
            var seen: Set<JSONValue> = []
            for partition in 0..<100 {
                let page = try api.get(group + "/events?partition=\(partition)").json()
                let events = try #require(page["events"]).elements
                for event in events { #expect(seen.insert(try #require(event["data"])).inserted) }
                guard case .string(let next)? = page["next"], !events.isEmpty else { continue }
                let committed = try SocketClient.send(
                    "POST", "/v1/" + group + "/commit",
                    body: "{\"from\":\"\(partition):0\",\"to\":\"\(next)\"}", to: api.socket)
                #expect(committed.status == 200)
            }
            #expect(seen.count == 40)
            #expect(try api.get(group).json()["lag"] == .integer(0))
        }
    }

    @Test func `a station takes its groups along`() async throws {
        try await APIPlace.with { api in
            _ = try Self.put("stations/gone", api)
            _ = try Self.put("stations/gone/consumers/g", api)
            let deleted = try SocketClient.send("DELETE", "/v1/stations/gone", to: api.socket)
            #expect(deleted.status == 204)
            #expect(try api.get("consumers").json() == .array([]))
            #expect(try api.get("stations/gone/consumers/g").json()["status"] == .integer(404))
        }
    }

    @Test func `the command line lists, shows, fetches, commits and deletes`() async throws {
        try await Workplace.with { place in
            let command = place.command
            _ = try await command.run("produce", "s", input: "1\n2\n3\n")
            #expect(try await command.run("consumer", "create", "s", "g").status == 0)
            let fetched = try await command.run("consumer", "fetch", "s", "g", "--limit", "2")
            #expect(try fetched.json(JSONValue.self)["next"] == .string("0:2"))
            let moved = try await command.run("consumer", "commit", "s", "g", "--to", "0:2")
            #expect(moved.status == 0)
            let late = try await command.run(
                "consumer", "commit", "s", "g", "--from", "0:0", "--to", "0:1")
            #expect(late.status == 4)
            let list = try await command.run("consumer", "list")
            #expect(
                list.lines.last?.split(separator: " ").map(String.init) == ["g", "s", "0:2", "1"])
            let lanes = try await command.run("offset", "show")
            #expect(lanes.output.contains("consumer.g"))
            #expect(try await command.run("doctor").status == 0)
            #expect(try await command.run("consumer", "delete", "s", "g").status == 0)
            #expect(try await command.run("consumer", "show", "s", "g").status == 3)
        }
    }

    @Test func `a function can't take the name of a group`() async throws {
        try await Workplace.with { place in
            try place.writeFunction("consumer.g", from: "a", to: "b")
            let check = try await place.command.run("function", "check")
            #expect(check.status == 1)
            #expect((check.output + check.errors).contains("those of consumer groups"))
        }
    }
}
