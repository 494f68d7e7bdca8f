import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

@Suite struct DeclaredStationsTests {
    private static let old = StationSettings(
        partitions: 2, retention: Retention(age: .seconds(7 * 86_400)))
    private static let new = StationSettings(
        partitions: 2, retention: Retention(bytes: 10 << 30),
        duplicates: DuplicateReach(ids: 10, age: .seconds(60)))

    @Test func `a worker creates what is missing and alters what differs, once`() async throws {
        try await TestLine.with([:]) { line in
            try await line.engine.open("known", settings: Self.old)
            let declared = DeclaredStations(["known": Self.new, "missing": Self.new])
            let alterations = try await declared.apply(to: line.engine)
            #expect(
                alterations.map(\.description) == [
                    "station 'known' is altered as declared: it kept 7d, and keeps 10GiB now; it "
                        + "recognised ids within 1000000 ids, 1d, and does within 10 ids, 1m now"
                ])
            #expect(try await line.engine.describe("known").settings == Self.new)
            #expect(try await line.engine.describe("missing").settings == Self.new)
            #expect(try await declared.apply(to: line.engine).isEmpty)
        }
    }

    @Test func `a command creates what is missing and leaves what exists as it is`() async throws {
        try await TestLine.with([:]) { line in
            try await line.engine.open("known", settings: Self.old)
            try await DeclaredStations(["known": Self.new, "missing": Self.new])
                .create(in: line.engine)
            #expect(try await line.engine.describe("known").settings == Self.old)
            #expect(try await line.engine.describe("missing").settings == Self.new)
        }
    }

    @Test func `whoever needs a declared station first creates it as it is declared`() async throws
    {
        try await TestLine.with([:]) { line in
            try await line.engine.open("known", settings: Self.old)
            let declared = DeclaredStations(["known": Self.new, "missing": Self.new])
            let engine = line.engine
            #expect(try await declared.makeSure(of: "missing", in: engine) == Self.new)
            #expect(try await declared.makeSure(of: "missing", in: engine) == Self.new)
            #expect(try await declared.makeSure(of: "known", in: engine) == Self.old)
            #expect(try await declared.makeSure(of: "other", in: engine) == StationSettings())
        }
    }

    @Test func `where those that exist are kept, a worker only says how they differ`()
        async throws
    {
        try await TestLine.with([:]) { line in
            try await line.engine.open("fixed", settings: StationSettings())
            try await line.engine.open("known", settings: Self.old)
            try await line.engine.open("same", settings: Self.new)
            let declared = DeclaredStations(
                ["fixed": Self.new, "known": Self.new, "missing": Self.new, "same": Self.new],
                existing: .kept)
            #expect(try await declared.apply(to: line.engine).isEmpty)
            #expect(try await line.engine.describe("known").settings == Self.old)
            #expect(try await line.engine.describe("fixed").settings == StationSettings())
            #expect(try await line.engine.describe("missing").settings == Self.new)
            let deviations = try await declared.deviations(in: line.engine)
            #expect(deviations.map(\.station) == ["fixed", "known"])
            #expect(
                deviations.last?.description
                    == "station 'known' is not as declared and stays as it is: retention.age is "
                    + "7d, declared none, retention.bytes is none, declared 10GiB, duplicates.ids "
                    + "is 1000000, declared 10, duplicates.age is 1d, declared 1m; to alter it: "
                    + "moonrail station plan known --apply")
            let fixed = try #require(deviations.first?.description)
            #expect(fixed.contains("partitions is 1, declared 2 (fixed), "))
            #expect(fixed.hasSuffix("takes another station: see moonrail station copy --help"))
        }
    }

    @Test func `another number of partitions is refused by both`() async throws {
        try await TestLine.with([:]) { line in
            try await line.engine.open("known", settings: StationSettings(partitions: 3))
            let declared = DeclaredStations(["known": Self.new])
            await #expect(throws: EngineError.self) { try await declared.create(in: line.engine) }
            await #expect(throws: EngineError.self) {
                _ = try await declared.apply(to: line.engine)
            }
            #expect(try await line.engine.describe("known").settings.partitions == 3)
        }
    }
}
