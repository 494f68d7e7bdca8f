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
