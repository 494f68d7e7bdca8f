import MoonrailCore
import MoonrailTestSupport
import Testing

struct JSONValueTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    @Test(arguments: [
        0, 1, -1, 9_007_199_254_740_993, -9_007_199_254_740_993, Int64.max, Int64.min,
    ])
    func `an integer of 64 bits keeps every digit`(number: Int64) throws {
        #expect(try parse("\(number)") == .integer(number))
        #expect(try parse("[\(number)]").encoded() == Array("[\(number)]".utf8))
    }

    @Test func `random integers keep every digit`() throws {
        var random = SeededGenerator.printed()
        for _ in 0..<1_000 {
            let number = Int64(truncatingIfNeeded: random.next()) >> random.number(0...60)
            #expect(try parse("\(number)") == .integer(number))
        }
    }

    @Test func `a number that is no 64 bit integer is a double`() throws {
        #expect(try parse("0.5") == .double(0.5))
        #expect(try parse("9223372036854775808") == .double(9_223_372_036_854_775_808))
        #expect(try parse("1e300") == .double(1e300))
    }

    @Test func `booleans and null are no numbers`() throws {
        #expect(try parse("true") == .bool(true))
        #expect(try parse("1") == .integer(1))
        #expect(try parse("null") == .null)
        #expect(try parse("[0, false, null]") == .array([.integer(0), .bool(false), .null]))
    }

    @Test func `a document comes out with sorted keys on one line`() throws {
        let value = try parse(#"{"b": [1, 2.5, "x/y"], "a": {"é": null}, "empty": [{}, []]}"#)
        let text = String(decoding: try value.encoded(), as: UTF8.self)
        #expect(text == #"{"a":{"é":null},"b":[1,2.5,"x/y"],"empty":[{},[]]}"#)
        #expect(try parse(text) == value)
    }

    @Test(arguments: ["", "{", "[1 2]", "nul", "01", "\"a", "{\"a\" 1}"])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: DecodingError.self) { try parse(text) }
    }

    @Test func `messages call values by what a script's author knows`() {
        #expect(JSONValue.object([:]).kind == "a table")
        #expect(JSONValue.array([]).kind == "a list")
        #expect(JSONValue.integer(1).kind == "a number")
        #expect(JSONValue.double(1).kind == "a number")
        #expect(JSONValue.string("").kind == "a string")
        #expect(JSONValue.bool(true).kind == "a boolean")
        #expect(JSONValue.null.kind == "null")
    }
}
