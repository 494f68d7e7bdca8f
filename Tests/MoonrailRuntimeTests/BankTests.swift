import Foundation
import MoonrailCore
import MoonrailEmbedded
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// The bank of `examples/bank` at a size at which things go wrong, with a worker that is killed
/// while it runs: every account is what its entries come to, at every moment of the past.
///
/// `MOONRAIL_LONG=1` runs it with 1,000 accounts, 200,000 requests and 10,000 questions.
@Suite struct BankTests {
    private static let isLong = ProcessInfo.processInfo.environment["MOONRAIL_LONG"] != nil
    private static let accounts = isLong ? 1_000 : 100
    private static let requests = isLong ? 200_000 : 5_000
    private static let questions = isLong ? 10_000 : 500
    private static let partitions: UInt32 = 4
    private static let functions = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("examples/bank/functions")

    /// A request as it is produced.
    private struct Request {
        var id: Int
        var kind: String
        var account: Int
        var to: Int?
        var cents: Int

        init(_ id: Int, _ random: inout SeededGenerator) {
            self.id = id
            kind = ["deposit", "withdrawal", "transfer", "transfer"][random.number(0...3)]
            account = random.number(1...BankTests.accounts)
            cents = random.number(1...10_000)
            if kind == "transfer" { to = account % BankTests.accounts + 1 }
        }

        var line: String {
            let to = to.map { #","to":"a-\#($0)""# } ?? ""
            return #"{"id":"r-\#(id)","kind":"\#(kind)","account":"a-\#(account)"\#(to),"#
                + #""cents":\#(cents)}"#
        }
    }

    /// An entry as it is stored.
    private struct Entry: Decodable {
        var request: String
        var kind: String
        var cents: Int
        var to: String?
        var from: String?
    }

    /// An account as it was from one of its entries on.
    private struct Moment {
        var offset: UInt64
        /// When the entry was settled.
        var settled: EventTime
        var cents: Int
        var postings: Int

        var state: String { #"{"cents":\#(cents),"postings":\#(postings)}"# }
    }

    /// The accounts as folds of what the store has as their entries, computed here.
    private struct Books {
        /// By account, in the order of its entries.
        var moments: [String: [Moment]] = [:]
        /// By request: what was taken from accounts, and what was given to them.
        var debits: [String: Int] = [:]
        var credits: [String: Int] = [:]
        /// When each entry of a partition was settled, by its offset.
        var settled: [[EventTime]] = []
        var refused: Set<String> = []

        init(_ engine: EmbeddedEngine) async throws {
            for partition in 0..<BankTests.partitions {
                var times: [EventTime] = []
                let lane = LaneID(function: "account", partition: partition)
                for record in try await engine.journal(of: lane, from: 0, limit: .max) {
                    let settled = try #require(record.settled).upperBound
                    for run in record.taken {
                        times += Array(repeating: settled, count: Int(run.last - run.first) + 1)
                    }
                }
                settled.append(times)
                let entries = try await engine.readAll("entries", partition: partition)
                #expect(times.count == entries.count)
                for (number, event) in entries.records.events.enumerated() {
                    let account = String(decoding: try #require(event.key), as: UTF8.self)
                    let entry = try JSONDecoder().decode(Entry.self, from: Data(event.payload))
                    post(entry, account, UInt64(number), times[number])
                }
            }
        }

        private mutating func post(
            _ entry: Entry, _ account: String, _ offset: UInt64, _ settled: EventTime
        ) {
            var now =
                moments[account]?.last
                ?? Moment(offset: offset, settled: settled, cents: 0, postings: 0)
            let change = entry.kind == "credit" ? entry.cents : -entry.cents
            guard now.cents + change >= 0 else {
                refused.insert(entry.request)
                return
            }
            now.cents += change
            now.postings += 1
            now.offset = offset
            now.settled = settled
            moments[account, default: []].append(now)
            if change < 0 {
                debits[entry.request] = -change
            } else {
                credits[entry.request] = change
            }
        }

        func state(of account: String, where isBefore: (Moment) -> Bool) -> String? {
            moments[account]?.last(where: isBefore)?.state
        }
    }

    @Test func `every account is the fold of its entries, now and at any moment of the past`()
        async throws
    {
        var random = SeededGenerator.printed()
        let directory = try TemporaryDirectory.make("bank")
        defer { try? FileManager.default.removeItem(at: directory) }
        let data = directory.appendingPathComponent("data")
        let command = MoonrailCommand(data: data, functions: Self.functions)
        for station in ["requests", "entries", "postings"] {
            try await command.run(
                "station", "create", station, "--partitions", "\(Self.partitions)")
        }
        let requests = (0..<Self.requests).map { Request($0, &random) }
        let file = directory.appendingPathComponent("requests.ndjson")
        try requests.map { $0.line + "\n" }.joined().write(
            to: file, atomically: true, encoding: .utf8)
        try await Self.run(command, file, &random)
        let engine = try EmbeddedEngine(directory: data.path)
        let books = try await Books(engine)
        Self.expect(books, toMatch: requests)
        try await Self.expectBalances(engine, books)
        try await Self.expectPast(engine, books, &random)
        #expect(try await engine.readAll("findings").isEmpty, "the audit agrees")
        let (states, postings) = try await (Self.states(engine), Self.postings(engine))
        await engine.close()
        // All of history once more, killed in between: nothing comes twice, and no byte differs.
        let reset = try await command.run(
            "offset", "reset", "account", "--to", "earliest", "--outputs", "fill", "--yes")
        #expect(reset.status == 0, "\(reset.errors)")
        try await Self.runKilled(command, &random)
        let rebuilt = try EmbeddedEngine(directory: data.path)
        #expect(try await Self.states(rebuilt) == states)
        #expect(try await Self.postings(rebuilt) == postings)
        try await Self.expectPast(rebuilt, books, &random)
        await rebuilt.close()
    }

    /// What each account has, as it is stored.
    private static func states(_ engine: EmbeddedEngine) async throws -> [[LaneValue]] {
        var states: [[LaneValue]] = []
        for partition in 0..<partitions {
            let lane = LaneID(function: "account", partition: partition)
            states.append(
                try await engine.values(of: lane, in: .state, after: nil, limit: accounts))
        }
        return states
    }

    private static func postings(_ engine: EmbeddedEngine) async throws -> [UInt64] {
        try await engine.describe("postings").partitions.map(\.next)
    }

    /// Produces the requests beside a worker that is killed a few times.
    private static func run(
        _ command: MoonrailCommand, _ file: URL, _ random: inout SeededGenerator
    ) async throws {
        let worker = try command.start(["run"])
        // The producer must not come first: it would own the directory.
        let socket = (command.environment["MOONRAIL_DATA"] ?? "") + "/moonrail.sock"
        for _ in 0..<1_000 where !FileManager.default.fileExists(atPath: socket) {
            try await Task.sleep(for: .milliseconds(10))
        }
        let producing = try command.start([
            "produce", "requests", file.path, "--key", "account", "--id", "id",
        ])
        let made = try await producing.finish()
        #expect(made.status == 0, "\(made.errors)")
        worker.send(SIGKILL)
        #expect(try await worker.finish().wasKilled)
        try await runKilled(command, &random)
    }

    /// Runs until all is done, killed a few times before.
    private static func runKilled(
        _ command: MoonrailCommand, _ random: inout SeededGenerator
    ) async throws {
        for _ in 0..<5 {
            let worker = try command.start(["run", "--until-idle"])
            try await Task.sleep(for: .milliseconds(random.number(50...400)))
            worker.send(SIGKILL)
            _ = try await worker.finish()
        }
        let last = try await command.run("run", "--until-idle")
        #expect(last.status == 0, "\(last.errors)")
    }

    /// That each request came to what it says, or was refused as a whole.
    private static func expect(_ books: Books, toMatch requests: [Request]) {
        for request in requests {
            let id = "r-\(request.id)"
            let isRefused = books.refused.contains(id)
            let debit = request.kind == "deposit" || isRefused ? nil : request.cents
            let credit = request.kind == "withdrawal" || isRefused ? nil : request.cents
            #expect(books.debits[id] == debit && books.credits[id] == credit, "\(request.line)")
        }
        #expect(books.refused.count > requests.count / 100, "some are refused")
    }

    private static func expectBalances(
        _ engine: EmbeddedEngine, _ books: Books
    ) async throws {
        let states = FunctionStates(engine: engine)
        var found: [String: String] = [:]
        var last: (partition: UInt32, key: [UInt8])?
        while true {
            let page = try await states.page(of: "account", after: last, limit: 1_000)
            for entry in page {
                found[String(decoding: entry.key, as: UTF8.self)] =
                    entry.value.map { String(decoding: $0.json, as: UTF8.self) }
            }
            guard let entry = page.last else { break }
            last = (entry.partition, entry.key)
        }
        #expect(found == books.moments.compactMapValues(\.last?.state))
        let total = books.moments.values.reduce(0) { $0 + ($1.last?.cents ?? 0) }
        let moved =
            books.credits.values.reduce(0, +) - books.debits.values.reduce(0, +)
        #expect(total == moved, "money is neither made nor lost")
    }

    private static func expectPast(
        _ engine: EmbeddedEngine, _ books: Books, _ random: inout SeededGenerator
    ) async throws {
        let states = FunctionStates(engine: engine)
        for _ in 0..<questions {
            let account = "a-\(random.number(1...accounts))"
            let key = Array(account.utf8)
            let partition = Int(
                key.withUnsafeBytes { Partitioner.partition(ofKey: $0, partitions: partitions) })
            let times = books.settled[partition]
            guard !times.isEmpty else { continue }
            let number = random.number(0...times.count - 1)
            let entry: FunctionStates.Entry
            let expected: String?
            if random.once(in: 2) {
                entry = try await states.value(
                    of: "account", key: key, at: .offset(UInt64(number)))
                expected = books.state(of: account) { $0.offset <= UInt64(number) }
            } else {
                let time = EventTime(
                    microseconds: times[number].microseconds + Int64(random.number(-1...1)))
                entry = try await states.value(of: "account", key: key, at: .time(time))
                expected = books.state(of: account) { $0.settled <= time }
            }
            let found = entry.value.map { String(decoding: $0.json, as: UTF8.self) }
            #expect(found == expected, "\(account) at entry \(number)")
        }
    }
}
