import Foundation
import MoonrailConfiguration
import MoonrailCore
import MoonrailTestSupport
import Testing

struct FunctionTestWriterTests {
    private static let texts = [
        "", "a", "yes", "no", "017", "null", "- x", "a: b", "#", "\"quoted\"", "back\\slash",
        "line\nend\r\n", "tab\t", "\u{0}\u{1}\u{7F}\u{85}\u{2028}\u{FEFF}", "漢字 👍 é", "{}", "*a",
        "<<",
        "---", "'", "a  b ", "%", "@", "`", "!tag", "?",
    ]

    /// Documents with every text as a name and as a value.
    private static func value(_ random: inout SeededGenerator, _ depth: Int)
        -> JSONValue
    {
        switch Int.random(in: 0...(depth > 3 ? 5 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: return .integer(Int64.random(in: -9...9, using: &random))
        case 4: return .double(Double.random(in: -1e9...1e9, using: &random))
        case 5: return .string(texts.randomElement(using: &random) ?? "")
        case 6:
            return .array(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in value(&random, depth + 1) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let name = texts.randomElement(using: &random) ?? ""
                members[name] = value(&random, depth + 1)
            }
            return .object(members)
        }
    }

    @Test func `whatever a case holds, it reads back as it was written`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("moonrail-writer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var random = SeededGenerator.printed()
        var cases: [FunctionTest] = []
        for number in 0..<200 {
            let text = Self.texts[number % Self.texts.count]
            let data = Self.value(&random, 0)
            let event = Event(
                id: text.isEmpty ? nil : .text(text), key: Array(text.utf8),
                time: EventTime(microseconds: Int64(number) * 1_234_567), type: text,
                headers: [.init("h", text)], payload: try data.encoded())
            let emission = FunctionTest.Emission(
                data: data, key: text, id: text, type: text, headers: ["x": text])
            let bytes = FunctionTest.Emission(bytes: text)
            cases.append(
                FunctionTest(
                    name: "\(number) \(text)", line: 1,
                    events: [.init(station: try StationName("in"), event: event)],
                    expected: .init(
                        emissions: [try StationName("true"): [emission, bytes]],
                        failure: number % 2 == 0 ? .rejected(text) : .raised(text))))
        }
        // What does not read back as it was is refused by itself.
        let file = folder.appendingPathComponent("x.test.yaml").path
        let text = try FunctionTestFile.text(of: file, adding: cases, namesStation: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try FunctionTestFile.tests(in: file).count == 200)
    }
}
