import FoundationEssentials
import MoonrailCore

/// A file of `Escapes/`: a script that attacks, and in its head what must come of it.
///
/// The head is the file's first lines, each a comment: a sentence, then directives.
/// - `-- expect:` one or more verdicts, joined by ` or `; every event must meet one of them.
/// - `-- repeat: NAME = "text" 100` puts the text where the script says NAME; `%d` in it counts.
/// - `-- source: "text"` is the whole source; `-- library: lib.x = text` a library.
/// - `-- event:` the payload of one event; three small ones when there is none.
/// - `-- inputs:` the inputs; `-- outputs: none` leaves the outputs to the script.
/// In these texts `\xNN` is a byte and `\n` a line's end.
struct HostileScript: Sendable, CustomStringConvertible {
    let name: String
    let verdicts: [Verdict]
    let program: FunctionProgram
    let payloads: [[UInt8]]

    var description: String { name }

    /// What must come of it.
    enum Verdict: Hashable, Sendable {
        /// The host refuses the script; the message contains this.
        case refused(String)
        case raised(String)
        case rejected(String)
        case memoryLimit, timeLimit, outputLimit
        /// The host leaves with this code.
        case exits(Int32)
        /// The handler returns normally and has found that it got nothing.
        case contained

        init?(_ text: Substring) {
            func rest(_ prefix: String) -> String? {
                guard text.hasPrefix(prefix) else { return nil }
                return String(text.dropFirst(prefix.count).drop { $0 == " " })
            }
            switch text {
            case "contained": self = .contained
            case "memory limit": self = .memoryLimit
            case "time limit": self = .timeLimit
            case "output limit": self = .outputLimit
            default:
                if let words = rest("refused at load:") {
                    self = .refused(words)
                } else if let words = rest("raised:") {
                    self = .raised(words)
                } else if let words = rest("rejected:") {
                    self = .rejected(words)
                } else if let code = rest("host exits ").flatMap({ Int32($0) }) {
                    self = .exits(code)
                } else {
                    return nil
                }
            }
        }
    }

    /// What a script's limits are here: small, so that a thousand of them are quick.
    static let limits: FunctionLimits = {
        var limits = FunctionLimits()
        limits.memoryBytes = 8 << 20
        limits.eventTime = .milliseconds(50)
        limits.loadTime = .milliseconds(200)
        limits.emissions = 100
        limits.emissionBytes = 64 << 10
        limits.outputBytes = 256 << 10
        limits.nesting = 32
        return limits
    }()

    /// The folder of the scripts, found from where this file was compiled.
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "Escapes")

    /// All of them, in the order of their names.
    static func all() throws -> [HostileScript] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try names.sorted().filter { $0.hasSuffix(".lua") }.map { file in
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            return try HostileScript(name: String(file.dropLast(4)), text: text)
        }
    }
}

extension HostileScript {
    /// A head that does not follow the format.
    struct BrokenHead: Error {
        let script: String
        let line: String
    }

    private init(name: String, text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let head = lines.prefix { $0.hasPrefix("-- ") }
        var directives: [(name: Substring, value: Substring)] = []
        for line in head {
            let parts = line.dropFirst(3).split(separator: ": ", maxSplits: 1)
            guard parts.count == 2, Self.names.contains(String(parts[0])) else { continue }
            directives.append((parts[0], parts[1]))
        }
        func values(_ name: String) -> [Substring] {
            directives.filter { $0.name == name }.map(\.value)
        }

        let repeats = try values("repeat").map { line throws(BrokenHead) in
            guard let made = Repeat(line) else {
                throw BrokenHead(script: name, line: String(line))
            }
            return made
        }
        /// The text as bytes, with what is repeated and what is escaped in place.
        func expanded(_ text: Substring) -> [UInt8] {
            Escape.bytes(repeats.reduce(String(text)) { $1.applied(to: $0) })
        }
        var source = Array(
            repeats.reduce(lines.dropFirst(head.count).joined(separator: "\n")) {
                $1.applied(to: $0)
            }.utf8)
        // The head stays, so that lines have their numbers.
        source = Array((head.joined(separator: "\n") + "\n").utf8) + source
        // Unless what is repeated leaves no room for it.
        if let whole = values("source").first {
            source = Escape.bytes(String(whole.dropFirst().dropLast()))
        }
        var program = try FunctionProgram.test("", file: "functions/test.lua")
        program.source = source
        program.limits = Self.limits
        program.libraries = values("library").map { line in
            let parts = line.split(separator: " = ", maxSplits: 1)
            return .init(name: String(parts[0]), source: expanded(parts[1]))
        }
        if let inputs = values("inputs").first { program.inputs = Array(inputs.utf8) }
        if values("outputs").first == "none" { program.outputs = [] }

        let events = values("event").map { expanded($0) }
        payloads = events.isEmpty ? (1...3).map { Array(#"{"n":\#($0)}"#.utf8) } : events
        verdicts = try values("expect").flatMap { line in
            try line.split(separator: " or ").map { text throws(BrokenHead) in
                guard let verdict = Verdict(text) else {
                    throw BrokenHead(script: name, line: String(text))
                }
                return verdict
            }
        }
        if verdicts.isEmpty { throw BrokenHead(script: name, line: "no verdict") }
        // Where another limit is to stop it, a busy machine must not let time be the first.
        if !verdicts.contains(.timeLimit) { program.limits.eventTime *= 10 }
        self.name = name
        self.program = program
    }

    private static let names: Set = [
        "expect", "repeat", "library", "source", "event", "inputs", "outputs",
    ]

    /// A `-- repeat:` directive.
    private struct Repeat {
        let name: String
        let text: String

        init?(_ line: Substring) {
            let parts = line.split(separator: " = ", maxSplits: 1)
            guard parts.count == 2, let open = parts[1].firstIndex(of: "\""),
                let close = parts[1].lastIndex(of: "\""), open < close,
                let count = Int(parts[1][parts[1].index(after: close)...].drop { $0 == " " })
            else { return nil }
            name = String(parts[0])
            let unit = parts[1][parts[1].index(after: open)..<close].replacing("\\n", with: "\n")
            let counts = unit.contains("%d")
            text = (1...count).map { counts ? unit.replacing("%d", with: "\($0)") : unit }.joined()
        }

        func applied(to text: String) -> String { text.replacing(name, with: self.text) }
    }

    /// The escapes of directives.
    private enum Escape {
        static func bytes(_ text: String) -> [UInt8] {
            var bytes: [UInt8] = []
            var rest = Substring(text)
            while let first = rest.first {
                if rest.hasPrefix("\\x"), let byte = UInt8(rest.dropFirst(2).prefix(2), radix: 16) {
                    bytes.append(byte)
                    rest = rest.dropFirst(4)
                } else if rest.hasPrefix("\\n") {
                    bytes.append(0x0a)
                    rest = rest.dropFirst(2)
                } else if rest.hasPrefix("\\r") {
                    bytes.append(0x0d)
                    rest = rest.dropFirst(2)
                } else {
                    bytes += Array(String(first).utf8)
                    rest = rest.dropFirst()
                }
            }
            return bytes
        }
    }
}

extension TestEvents {
    /// One event for each payload, which need not be text.
    static func batch(_ payloads: [[UInt8]]) -> LaneBatch {
        let time = EventTime(microseconds: 1_000_000)
        return LaneBatch([part("readings", payloads.map { Event(time: time, payload: $0) })])
    }
}
