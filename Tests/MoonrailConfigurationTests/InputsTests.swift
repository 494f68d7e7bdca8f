import MoonrailConfiguration
import MoonrailCore
import Testing

struct InputsTests {
    private func inputs(_ yaml: String) throws -> JSONValue? {
        try settings("functions: { f: { inputs: { x: \(yaml) } } }")
            .functions[try FunctionName("f")]?.inputs
    }

    @Test(
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("true", .bool(true)),
            ("False", .bool(false)),
            ("0", .integer(0)), ("-7", .integer(-7)), ("+7", .integer(7)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("1.5", .double(1.5)), (".5", .double(0.5)), ("5.", .double(5)),
            ("-2e3", .double(-2_000)),
            ("seattle", .string("seattle")), ("'no'", .string("no")), ("\"5\"", .string("5")),
            ("''", .string("")), ("12:30", .string("12:30")), ("1.2.3", .string("1.2.3")),
            ("2026-11-21", .string("2026-11-21")), ("nan", .string("nan")), ("y", .string("y")),
            ("!!str 5", .string("5")), ("[]", .array([])), ("{}", .object([:])),
            ("[1, [a]]", .array([.integer(1), .array([.string("a")])])),
            ("{ a: { b: ~ } }", .object(["a": .object(["b": .null])])),
            ("{ 1: a, yes: b }", .object(["1": .string("a"), "yes": .string("b")])),
        ] as [(String, JSONValue)])
    func `a value of YAML's core schema becomes the JSON value that it stands for`(
        yaml: String, value: JSONValue
    ) throws {
        #expect(try inputs(yaml) == .object(["x": value]))
    }

    @Test(arguments: [
        ("no", "'x' is 'no', which may mean false or text; write false or \"no\""),
        ("On", "'x' is 'On', which may mean true or text; write true or \"On\""),
        (
            "017",
            "'x' is '017', which may mean a number or text; write it as a plain decimal number or "
                + "in quotes"
        ),
        (
            "1_000",
            "'x' is '1_000', which may mean a number or text; write it as a plain decimal number "
                + "or in quotes"
        ),
        (
            "0x1F",
            "'x' is '0x1F', which may mean a number or text; write it as a plain decimal number or "
                + "in quotes"
        ),
        (
            "9223372036854775808",
            "'x' is '9223372036854775808', which does not fit 64 bits; put it in quotes to make it "
                + "text"
        ),
        (
            "1e999",
            "'x' is '1e999', which does not fit a 64-bit float; put it in quotes to make it text"
        ),
        (".inf", "'x' is '.inf', which is not a finite number; JSON has no others"),
        (".nan", "'x' is '.nan', which is not a finite number; JSON has no others"),
        (
            "{ deep: { er: yes } }",
            "'x.deep.er' is 'yes', which may mean true or text; write true or \"yes\""
        ),
    ])
    func `a value that is unclear or that JSON can't hold is an error`(
        yaml: String, message: String
    ) throws {
        #expect(
            try messages("functions: { f: { inputs: { x: \(yaml) } } }")
                == ["moonrail.yaml:1: 'inputs' in function 'f': \(message)"])
    }

    @Test func `inputs that are not a table are an error`() throws {
        #expect(
            try messages("functions: { f: { inputs: [a] } }")
                == ["moonrail.yaml:1: 'inputs' in function 'f' is a list; it must be a table"])
    }
}
