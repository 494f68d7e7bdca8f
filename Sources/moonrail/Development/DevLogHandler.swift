import Logging

/// Writes a worker's log for whoever sits in front of it: no times, and nothing that is not
/// somebody's business.
struct DevLogHandler: LogHandler {
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }
            .map { " \($0.key)=\($0.value)" }.joined()
        StandardError.write(
            line: "\(event.level): " + TerminalText.lines("\(event.message)" + facts))
    }
}
