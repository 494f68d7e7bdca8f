import ArgumentParser
import FoundationEssentials
import MoonrailCore
import NIOCore

/// A line that a function logged, as a reader of `moonrail.logs` gets it.
struct LoggedLine: Decodable {
    let offset: UInt64
    let time: String
    let data: Content

    struct Content: Decodable {
        let function: String
        let version: String
        let station: String
        let partition: UInt32
        let offset: UInt64
        let level: Level
        let message: String
        let fields: JSONValue?
    }

    /// In the order of their weight.
    enum Level: String, Decodable, CaseIterable, Comparable, ExpressibleByArgument {
        case debug, info, warn, error

        private var weight: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warn: 2
            case .error: 3
            }
        }

        static func < (left: Level, right: Level) -> Bool { left.weight < right.weight }
    }

    /// - Throws: `DecodingError` when the event is none of those that lanes write.
    init(_ line: ByteBufferView) throws {
        self = try JSONDecoder().decode(LoggedLine.self, from: Data(line))
    }

    /// What a search looks through.
    var searched: String {
        data.message + (data.fields.map { " " + Self.text(of: $0) } ?? "")
    }

    /// As people read it: when, how bad, by which version, because of which event, and what.
    var text: String {
        let level = data.level.rawValue + (data.level.rawValue.count == 4 ? " " : "")
        let version = "\(data.function)@\(data.version.prefix(7))"
        let place = "\(data.station)/\(data.partition)/\(data.offset)"
        return "\(time) \(level) \(version) \(place)  \(TerminalText.line(searched))\n"
    }

    private static func text(of fields: JSONValue) -> String {
        guard case .object(let members) = fields else { return "" }
        return members.sorted { $0.key < $1.key }.map { name, value in
            if case .string(let text) = value { return "\(name)=\(text)" }
            return "\(name)=" + String(decoding: (try? value.encoded()) ?? [], as: UTF8.self)
        }.joined(separator: " ")
    }
}
