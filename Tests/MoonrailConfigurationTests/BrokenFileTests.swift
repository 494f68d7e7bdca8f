import MoonrailConfiguration
import Testing

struct BrokenFileTests {
    @Test(arguments: [
        (
            "stations: {",
            "2: broken YAML: while parsing a flow node in line 2, did not find expected node "
                + "content"
        ),
        (
            "limits:\n\tnesting: 5",
            "2: broken YAML: while scanning for the next token in line 2, found character that "
                + "cannot start any token"
        ),
        (
            "a: 1\n---\nb: 2",
            "2: broken YAML: expected a single document in the stream in line 1, but found another "
                + "document"
        ),
        ("a: *b", "1: broken YAML: found undefined alias"),
        ("a: 1\nb: \u{1}", "2: broken YAML: control characters are not allowed"),
    ])
    func `broken YAML is one error with its line`(yaml: String, message: String) throws {
        #expect(try messages(yaml) == ["moonrail.yaml:" + message])
    }

    @Test func `a file that is not UTF-8 is an error`() throws {
        #expect(try messages([0x61, 0x3A, 0x20, 0xFF]) == ["moonrail.yaml: it is not UTF-8 text"])
    }

    @Test func `a file over its bound is an error`() throws {
        #expect(
            try messages(String(repeating: "# comment\n", count: 200_000))
                == ["moonrail.yaml: it is over 1 MiB"])
    }

    @Test func `a file that is nested too deep is an error`() throws {
        let inputs = { (depth: Int) in
            "functions: { a: { inputs: { a: "
                + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
                + " } } }"
        }
        #expect(try messages(inputs(50)) == [])
        #expect(try messages(inputs(100)) == ["moonrail.yaml:1: it is nested over 64 deep"])
        #expect(try messages(inputs(100_000)) == ["moonrail.yaml:1: it is nested over 64 deep"])
    }

    @Test func `aliases of aliases do not fill the memory`() throws {
        var yaml = "functions:\n  f:\n    inputs:\n      a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "      a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(
            try messages(yaml) == ["moonrail.yaml: it holds over 20000 values, aliases followed"])
    }

    @Test func `a directory in the place of the file is an error`() {
        let messages = messages { () throws(ConfigurationError) in
            _ = try Settings.load(file: "/tmp", environment: [:])
        }
        #expect(messages == ["/tmp: it can't be read: Is a directory"])
    }

    @Test func `a file that is named must exist`() {
        #expect(
            messages { () throws(ConfigurationError) in
                _ = try Settings.load(file: "/nowhere/a.yaml", environment: [:])
            } == ["/nowhere/a.yaml: there is no such file"])
        #expect(
            messages { () throws(ConfigurationError) in
                _ = try Settings.load(
                    file: nil, environment: ["MOONRAIL_CONFIG": "/nowhere/b.yaml"])
            } == ["/nowhere/b.yaml: there is no such file, but MOONRAIL_CONFIG names it"])
    }

    @Test func `an empty file name is an error`() {
        #expect(
            messages { () throws(ConfigurationError) in
                _ = try Settings.load(file: nil, environment: ["MOONRAIL_CONFIG": ""])
            } == ["MOONRAIL_CONFIG is empty; name a file or unset it"])
    }
}
