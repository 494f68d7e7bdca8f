import MoonrailCore
import MoonrailHTTP
import Testing

@Suite struct StationSettingsPatchTests {
    private static let settings = StationSettings(
        partitions: 2, retention: Retention(age: .seconds(60), bytes: 4_096, events: 10),
        duplicates: DuplicateReach(ids: 5, age: .seconds(7)))

    private static func patch(_ json: String) throws -> StationSettingsPatch {
        try StationSettingsPatch(try JSONValue(parsing: Array(json.utf8)))
    }

    private static func detail(_ json: String) throws -> String? {
        do {
            _ = try patch(json).applied(to: settings)
            return nil
        } catch let problem as Problem {
            return problem.detail
        }
    }

    @Test(arguments: ["{}", #"{"retention":{}}"#, #"{"retention":{},"duplicates":{}}"#])
    func `what is left out stays as it is`(json: String) throws {
        let patch = try Self.patch(json)
        #expect(patch.isEmpty)
        #expect(try patch.applied(to: Self.settings) == Self.settings)
    }

    @Test func `what is given replaces what was`() throws {
        var expected = Self.settings
        expected.retention.age = .milliseconds(1_500)
        expected.retention.bytes = nil
        expected.duplicates.ids = 6
        let patch = try Self.patch(
            #"{"retention":{"age_ms":1500,"bytes":null},"duplicates":{"ids":6}}"#)
        #expect(try patch.applied(to: Self.settings) == expected)
    }

    @Test func `null in place of the retention takes all bounds away`() throws {
        let settings = try Self.patch(#"{"retention":null}"#).applied(to: Self.settings)
        #expect(settings.retention.isUnbounded)
        #expect(settings.duplicates == Self.settings.duplicates)
    }

    @Test func `a patch's body reads as the same patch`() throws {
        var patch = StationSettingsPatch()
        for member in StationSettingsPatch.Member.allCases {
            patch.take(member, from: Self.settings)
        }
        #expect(try StationSettingsPatch(patch.body) == patch)
        #expect(try patch.applied(to: StationSettings()) == Self.settings)
        var removal = StationSettingsPatch()
        removal.take(.retentionAge, from: StationSettings())
        #expect(removal.body == .object(["retention": .object(["age_ms": .null])]))
    }

    @Test(arguments: [
        ("[]", "the body is a list; it must be a table"),
        (
            #"{"partitons":1}"#,
            "member 'partitons' of the body is not known; did you mean 'partitions'?"
        ),
        (
            #"{"retention":{"age":1}}"#,
            "member 'age' of 'retention' is not known; known: age_ms, bytes, events"
        ),
        (#"{"retention":5}"#, "'retention' is a number; it must be a table"),
        (
            #"{"partitions":0}"#,
            "'partitions' is 0; it must be a whole number from 1 to 1024"
        ),
        (
            #"{"partitions":null}"#,
            "'partitions' is null; it must be a whole number from 1 to 1024"
        ),
        (
            #"{"retention":{"events":"5"}}"#,
            "'retention.events' is a string; it must be a whole number from 1 to "
                + "1000000000000000, or null for no bound"
        ),
        (
            #"{"duplicates":{"age_ms":999}}"#,
            "'duplicates.age_ms' is 999; it must be a whole number from 1000 to 31536000000"
        ),
        (
            #"{"duplicates":{"ids":-1}}"#,
            "'duplicates.ids' is -1; it must be a whole number from 1 to 100000000"
        ),
        (
            #"{"duplicates":null}"#,
            "'duplicates.ids' is null; it must be a whole number from 1 to 100000000"
        ),
    ])
    func `what is no patch is refused with the member named`(json: String, detail: String) throws {
        #expect(try Self.detail(json) == detail)
    }
}
