import MoonrailCore
import Testing

struct JSONMaskTests {
    private static func masked(_ document: String, _ paths: [String]) throws -> String {
        var mask = JSONMask(paths: paths)
        let value = mask.masked(try JSONValue(parsing: Array(document.utf8)))
        return String(decoding: try value.encoded(), as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"a":"Ärger 42-B"}"#, "a", #"{"a":"Xxxxx 00-X"}"#),
        (#"{"a":1234,"b":-7,"c":0}"#, "a", #"{"a":1000,"b":-7,"c":0}"#),
        (#"{"a":-9223372036854775808}"#, "a", #"{"a":-1000000000000000000}"#),
        (#"{"a":2.75}"#, "a", #"{"a":1.5}"#),
        (#"{"a":true,"b":true}"#, "a", #"{"a":false,"b":true}"#),
        (#"{"a":null}"#, "a", #"{"a":null}"#),
        (#"{"a":{"b":"x","c":["Y",3]}}"#, "a", #"{"a":{"b":"x","c":["X",1]}}"#),
        (#"{"l":[{"p":"a1"},{"p":"b2"},7]}"#, "l.p", #"{"l":[{"p":"x0"},{"p":"x0"},7]}"#),
        (#"{"a":"漢字👍"}"#, "a", #"{"a":"xx👍"}"#),
        (#"{"a":"x"}"#, "a.b", #"{"a":"x"}"#),
    ])
    func `a value becomes another of its kind and shape`(
        document: String, path: String, expected: String
    ) throws {
        #expect(try Self.masked(document, [path]) == expected)
    }

    @Test func `a path tells whether it led to a value, and a text becomes its value's mask`()
        throws
    {
        var mask = JSONMask(paths: ["name", "nmae"])
        _ = mask.masked(.object(["name": .string("Ada"), "id": .integer(12)]))
        #expect(mask.matched == [0])
        #expect(mask.masked(text: "Ada") == "Xxx")
        #expect(mask.masked(text: "12") == "12")
    }
}
