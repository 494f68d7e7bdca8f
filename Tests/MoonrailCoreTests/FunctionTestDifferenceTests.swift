import MoonrailCore
import Testing

struct FunctionTestDifferenceTests {
    private static func json(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    private static func event(_ payload: String, key: String? = nil) -> Event {
        Event(
            key: key.map { Array($0.utf8) }, time: FunctionTest.Given.time,
            headers: [.init("masked", "name")], payload: Array(payload.utf8))
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":1.0}"#, []),
        (#"{"a":1}"#, #"{"a":2}"#, ["data.a is 2; expected 1"]),
        (#"{"a":1}"#, #"{}"#, ["data.a is missing; expected 1"]),
        (#"{}"#, #"{"b":[1]}"#, ["data.b was not expected; it is [1]"]),
        (
            #"{"a":[1,{"b":null}]}"#, #"{"a":[1,{"b":false}]}"#,
            ["data.a[2].b is false; expected null"]
        ),
        ("[1,2]", "[1]", ["data has 1 elements; expected 2"]),
        (#""x""#, "3", [#"data is 3; expected "x""#]),
        (
            "9007199254740993", "9007199254740992",
            ["data is 9007199254740992; expected 9007199254740993"]
        ),
    ])
    func `values are compared by what they mean, and each difference has its path`(
        expected: String, actual: String, differences: [String]
    ) throws {
        let found = try Self.json(expected).differences(from: Self.json(actual), at: "data")
        #expect(found == differences)
    }

    @Test func `what is missing and what is too much is told by station and number`() throws {
        let expected = FunctionTest.Expected(emissions: [
            "a": [.init(data: .integer(1)), .init(data: .integer(2))], "b": [],
        ])
        var outcome = FunctionTest.Outcome()
        outcome.emissions = ["a": [Self.event("1")], "c": [Self.event("3")]]
        #expect(
            expected.differences(from: outcome) == [
                "a, event 2 is missing: 2", "c, event 1 was not expected: 3",
            ])
    }

    @Test func `only what a test names is looked at, but headers are looked at whole`() {
        var outcome = FunctionTest.Outcome()
        outcome.emissions = ["a": [Self.event("1", key: "k")]]
        func differences(_ emission: FunctionTest.Emission) -> [String] {
            FunctionTest.Expected(emissions: ["a": [emission]]).differences(from: outcome)
        }
        #expect(differences(.init()) == [])
        #expect(differences(.init(key: "k")) == [])
        #expect(differences(.init(key: "j")) == ["a, event 1: key is 'k'; expected 'j'"])
        #expect(differences(.init(type: "t")) == ["a, event 1: type is missing; expected 't'"])
        #expect(differences(.init(headers: ["masked": "name"])) == [])
        #expect(differences(.init(headers: [:])) == ["a, event 1: header masked was not expected"])
    }

    @Test func `a failure is expected by its reason or by a part of its message`() {
        let rejected = FunctionFault(kind: .rejected, message: "no city")
        let raised = FunctionFault(kind: .raised, message: "f.lua:3: attempt to index")
        func differences(
            _ failure: FunctionTest.Failure?, _ faults: [FunctionFault]
        ) -> [String] {
            var outcome = FunctionTest.Outcome()
            outcome.faults = faults
            return FunctionTest.Expected(failure: failure).differences(from: outcome)
        }
        #expect(differences(.rejected("no city"), [rejected]) == [])
        #expect(differences(.raised("attempt to index"), [raised]) == [])
        #expect(
            differences(.rejected("no"), [rejected])
                == ["it failed: rejected: no city; expected a rejection for 'no'"])
        #expect(
            differences(.raised("no city"), [rejected]).count == 1, "a rejection is no error")
        #expect(
            differences(nil, [raised]) == ["an event failed: raised: f.lua:3: attempt to index"])
        #expect(
            differences(.rejected("no city"), [])
                == ["no event failed; expected a rejection for 'no city'"])
        #expect(differences(.rejected("no city"), [rejected, raised]).count == 1)
    }
}
