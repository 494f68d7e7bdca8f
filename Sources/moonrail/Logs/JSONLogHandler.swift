import FoundationEssentials
import Logging
import MoonrailCore

/// Writes a log as JSON documents, one a line: `time`, `level`, `message`, and beside them what is
/// known besides.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> EventTime

    /// - Parameter write: takes a line without its end.
    init(
        write: @escaping @Sendable (String) -> Void = { StandardError.write(line: $0) },
        now: @escaping @Sendable () -> EventTime = { .now }
    ) {
        self.write = write
        self.now = now
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var members = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues(Self.value)
        // What is known besides can't hide what every line has.
        members["time"] = .string(now().description)
        members["level"] = .string(event.level.rawValue)
        members["message"] = .string("\(event.message)")
        if let error = event.error { members["error"] = .string("\(error)") }
        // Texts can always be written.
        guard let line = try? JSONValue.object(members).encoded() else { return }
        write(String(decoding: line, as: UTF8.self))
    }

    private static func value(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let values): .array(values.map(Self.value))
        case .dictionary(let members): .object(members.mapValues(Self.value))
        default: .string("\(value)")
        }
    }
}
