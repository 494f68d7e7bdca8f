import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

struct ScriptLintTests {
    /// A script whose handler has this body, from line 2 on.
    private static func script(_ body: String, to: String = "\"out\"") -> String {
        """
        return { from = "in", to = \(to), handler = function(event, context)
        \(body)
        end }
        """
    }

    private static func findings(
        _ source: String, outputs: [StationName] = ["out"]
    ) -> [String] {
        ScriptLint.findings(in: Array(source.utf8), outputs: outputs).map {
            "\($0.line) \($0.severity.rawValue): \($0.message)"
        }
    }

    @Test(arguments: [
        "return event.data",
        "local a <const>, b = 1, 2; return { a = a, b = b, [a] = 3; 4 }",
        "for i = 1, 3 do context.emit({ i = i }, { key = 'k' }) end",
        "for _, v in ipairs(event.data.list) do context.emit(v, { to = 'out' }) end",
        "local sum = 0 repeat local n = sum sum = sum + 1 until n > 3 return { sum }",
        "if event.key then return nil end return event.data",
        "if event.key then return context.reject('no') end return { 1 }",
        "if event.key then return event.data else error('no') end",
        "while true do if event.data.a then return event.data end end",
        "event.note = 1 return { note = event.note, time = os.time(), n = math.floor(1.5) }",
        "local function f(x) return x end return f(event.data)",
        "goto done ::done:: return ('x'):rep(3) .. [[y]] .. \"\\z\n  z\" and {} -- [[ no ]]",
        "--[==[ undefined ]] ]==] return event.data",
        "local e = context.emit e({}, { to = 'anything' })",
        "context.log.info(null, array {}, 0x1p-3, 3e-2, 1 // 2, ~1, not nil, #'x') return {}",
        "local _ENV = { x = 1 } return { x }",
    ])
    func `a script without mistakes has no findings`(body: String) {
        #expect(Self.findings(Self.script(body)) == [])
    }

    @Test(arguments: [
        (
            "local t = tonumbr('1')\nreturn { t }",
            "2 error: there is no global 'tonumbr'; did you mean 'tonumber'?"
        ),
        (
            "return { a = reading }",
            "2 error: there is no global 'reading'; it is nil; declare it with local"
        ),
        (
            "local f = io.open('x') return { f }",
            "2 error: there is no global 'io'; scripts read and "
                + "write no files"
        ),
        (
            "total = 1\nreturn { total }",
            "2 warning: 'total' is assigned as a global; write local "
                + "total"
        ),
        (
            "return { now = os.clock() }",
            "2 error: there is no 'os.clock'; a script sees no clock; event.time and os.time() "
                + "tell the event's time"
        ),
        (
            "return { string.uper('x') }",
            "2 error: there is no 'string.uper'; did you mean 'upper'?"
        ),
        (
            "return { event.temp_f }",
            "2 error: an event has no 'temp_f'; did you mean event.data.temp_f?"
        ),
        ("return { event.heders }", "2 error: an event has no 'heders'; did you mean 'headers'?"),
        (
            "context.state.n = 1 return {}",
            "2 error: there is no context.state, as the function declares none; add state = {} to "
                + "its table"
        ),
        ("context.emt({}) return {}", "2 error: there is no 'context.emt'; did you mean 'emit'?"),
        (
            "context.log.warning('x') return {}",
            "2 error: there is no 'context.log.warning'; known: debug, error, info, warn"
        ),
        (
            "context.emit({}, {\n  too = 'out' })",
            "3 error: context.emit has no option 'too'; did you mean 'to'?"
        ),
        (
            "context.emit({})\ncontext.emit({}, {\n  to = 'uot' })",
            "4 error: it emits to 'uot', which 'to' does not declare; did you mean 'out'?"
        ),
        (
            "if event.key then return end\nreturn event.data",
            "2 warning: the handler ends here without a value, which drops the event, but returns "
                + "one in line 3; write return nil if that is meant"
        ),
        (
            "if event.key then\n  return event.data\nend",
            "5 warning: the handler ends here without a value, which drops the event, but returns "
                + "one in line 3; write return nil if that is meant"
        ),
    ])
    func `a mistake is found, with its line and what to do`(body: String, finding: String) {
        #expect(Self.findings(Self.script(body)) == [finding])
    }

    @Test func `what on_timer does is looked at like the handler`() {
        func script(_ handler: String, _ timer: String) -> String {
            """
            return { from = "in", to = "out", state = {},
              handler = function(event, context) \(handler) end,
              on_timer = function(timer, ctx) \(timer) end,
            }
            """
        }
        #expect(Self.findings(script("context.timer(1, 'x')", "return { k = timer.key }")) == [])
        #expect(Self.findings(script("", "ctx.emit({ k = timer.key })")) == [])
        #expect(
            Self.findings(script("", "ctx.emitt({})")).last
                == "3 error: there is no 'context.emitt'; did you mean 'emit'?")
        #expect(
            Self.findings(script("", "if timer.key then return {} end")).first?
                .contains("on_timer ends here without a value") == true)
        let without =
            "return { from = 'in', state = {}, handler = function(event, context) "
            + "context.timer(1, 'x') end }"
        #expect(
            Self.findings(without) == [
                "1 error: there is no context.timer, as the function declares none; add on_timer = "
                    + "function(timer, context) ... end to its table"
            ])
    }

    @Test func `an output that nothing is emitted to is told, but only when that is certain`() {
        let to = "{ \"out\", \"rest\" }"
        let unused =
            "1 warning: 'to' declares 'rest', but nothing is ever emitted to it; remove it, or "
            + "emit to it"
        func findings(_ body: String) -> [String] {
            Self.findings(Self.script(body, to: to), outputs: ["out", "rest"])
        }
        #expect(findings("return event.data") == [unused])
        #expect(findings("context.emit({}, { to = 'out' })") == [unused])
        #expect(findings("context.emit({}) context.emit({}, { to = 'rest' })") == [])
        #expect(findings("context.emit({}, { to = event.data.to })") == [])
        #expect(findings("context.emit({}, event.data)") == [])
        #expect(findings("send(context)").count == 1)
        #expect(findings("local emit = context.emit emit({})") == [])
        #expect(
            findings("context.emit({}, { to = 'rest' })") == [
                unused.replacingOccurrences(of: "'rest'", with: "'out'")
            ])
    }

    @Test func `an event that is emitted where nothing is declared is an error`() {
        let none = "declares no output; add to = \"a.station\""
        #expect(
            Self.findings(Self.script("\nreturn event.data"), outputs: [])
                == ["3 error: it emits an event here, but \(none)"])
        #expect(Self.findings(Self.script("print(event.id)"), outputs: []) == [])
    }

    @Test func `a handler that is a local function is read as one in the table`() {
        let source = """
            local function handle(message, tools)
              tools.emit({}, { to = "nowhere" })
              return message.payload
            end
            local definition = { from = "in", to = "out", handler = handle }
            return definition
            """
        #expect(
            Self.findings(source) == [
                "2 error: it emits to 'nowhere', which 'to' does not declare; known: out",
                "3 error: an event has no 'payload'; did you mean 'data'?",
            ])
    }

    @Test func `a library is read for names alone`() {
        let source = "local units = {}\nfunction units.f(x) return celsius(x) end\nreturn units"
        #expect(
            ScriptLint.findings(inLibrary: Array(source.utf8)).map(\.line) == [2])
        #expect(
            ScriptLint.findings(inLibrary: Array(source.utf8), globals: ["celsius"]).isEmpty)
        #expect(ScriptLint.globals(assignedBy: Array("a = 1 local b = 2".utf8)) == ["a"])
    }

    @Test func `whatever bytes a script has, reading it ends`() {
        var random = SeededGenerator.printed()
        let words = [
            "return", "{", "}", "function", "(", ")", "end", "if", "then", "else", "local", "x",
            "=", ",", "\"a\"", "[[", "]]", "--", "\n", ".", ":", "..", "...", "while", "do", "1",
            "repeat", "until", "for", "in", "not", "-", "goto", "::", "[", "]", "\\", "é", "\u{0}",
        ]
        for _ in 0..<3_000 {
            let text = (0..<random.number(0...60)).map { _ in
                words[random.number(0...words.count - 1)]
            }.joined(separator: random.once(in: 2) ? " " : "")
            _ = ScriptLint.findings(in: Array(text.utf8), outputs: ["out"])
            _ = ScriptLint.findings(in: random.bytes(40), outputs: ["out"])
        }
    }

    @Test(arguments: [
        ("(", ")"), ("{", "}"), ("function() return ", " end"), ("f(", ")"), ("- ", ""),
        ("a.", "a"), ("a[", "]"), ("1 .. ", "1"), ("do ", " end"), ("if x then ", " end"),
    ])
    func `a script that is nested without end is given up, not followed`(
        opening: String, closing: String
    ) {
        let count = 20_000
        for start in ["return ", "x = ", ""] {
            let text =
                start + String(repeating: opening, count: count) + "1"
                + String(repeating: closing, count: count)
            _ = ScriptLint.findings(in: Array(text.utf8), outputs: ["out"])
        }
    }

    @Test func `messages about the whole table get the line of what they are about`() {
        let source = """
            local limits = 1
            return {
              from = "in",
              handler = "no",
            }
            """
        let outline = ScriptOutline(Array(source.utf8))
        #expect(outline.returnLine == 2)
        #expect(outline.fieldLines == ["from": 3, "handler": 4])
        #expect(
            outline.completing("f.lua: handler is a string", in: "f.lua")
                == "f.lua:4: handler is a string")
        #expect(
            outline.completing("f.lua: must return a table", in: "f.lua")
                == "f.lua:2: must return a table")
        #expect(outline.completing("f.lua:1: x near y", in: "f.lua") == "f.lua:1: x near y")
    }
}
