import MoonrailCore
import MoonrailTestSupport
import Testing

struct NamesTests {
    @Test(arguments: [
        "a", "0", "readings", "readings.fahrenheit", "a-b_c.d0", "0.1.2",
        String(repeating: "a", count: 128),
    ])
    func `a station name is taken as it is`(text: String) throws {
        #expect(try StationName(text).text == text)
    }

    @Test(arguments: [
        ("", "it is empty"),
        (".", "it has an empty token"), (".a", "it has an empty token"),
        ("a.", "it has an empty token"), ("a..b", "it has an empty token"),
        ("-a", "a token starts with '_' or '-'"), ("a._b", "a token starts with '_' or '-'"),
        ("A", "it holds a character that is not allowed"),
        ("a b", "it holds a character that is not allowed"),
        ("a/b", "it holds a character that is not allowed"),
        ("é", "it holds a character that is not allowed"),
        ("a\0", "it holds a character that is not allowed"),
        (String(repeating: "a", count: 129), "it is over 128 bytes"),
    ])
    func `a text that is no station name is refused with the rule`(text: String, rule: String) {
        let error = #expect(throws: InvalidName.self) { try StationName(text) }
        #expect(
            error?.description
                == "'\(text)' is not a station name: \(rule); use tokens of a-z, 0-9, '_' and '-', "
                + "each starting with a letter or digit, joined by dots")
    }

    @Test func `a function name leaves room for the name of its dead letters`() throws {
        let longest = try FunctionName(String(repeating: "f", count: 120))
        #expect(throws: InvalidName.self) {
            try FunctionName(String(repeating: "f", count: 121))
        }
        let deadLetters = StationName.deadLetters(of: longest)
        #expect(try StationName(deadLetters.text) == deadLetters)
    }

    @Test func `a shadow's name tells whose it is`() throws {
        let name: FunctionName = "celsius"
        #expect(try name.shadow() == "shadow.celsius")
        #expect(try name.shadow().isShadow && !name.isShadow)
        #expect(try name.shadow().original == name && name.original == name)
        #expect(try ("readings.c" as StationName).shadow(of: name) == "shadow.celsius.readings.c")
        let long = try FunctionName(String(repeating: "f", count: 114))
        #expect(throws: InvalidName.self) { try long.shadow() }
    }

    @Test func `only moonrail, what is below it, and what is below shadow is reserved`() {
        #expect(("moonrail" as StationName).isReserved)
        #expect(("moonrail.functions" as StationName).isReserved)
        #expect(!("moonrails" as StationName).isReserved)
        #expect(!("dead.celsius" as StationName).isReserved)
        #expect(("shadow.celsius.readings" as StationName).isReserved)
        #expect(!("shadows" as StationName).isReserved)
        #expect(!("dead.shadow.celsius" as StationName).isReserved)
    }

    @Test func `names sort by their text`() {
        let names: [StationName] = ["b", "a.b", "a", "a-b"]
        #expect(names.sorted() == ["a", "a-b", "a.b", "b"])
    }
}
