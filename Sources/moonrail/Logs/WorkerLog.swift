import Logging
import MoonrailConfiguration

/// The log of a worker, on standard error.
enum WorkerLog {
    static func logger(_ settings: Settings) -> Logger {
        let writesJSON =
            switch settings.logFormat {
            case .json: true
            case .text: false
            case .auto: !StandardError.isTerminal
            }
        var logger = Logger(label: "moonrail") { label in
            if writesJSON { return JSONLogHandler() }
            return StreamLogHandler.standardError(label: label)
        }
        logger.logLevel = Logger.Level(rawValue: settings.logLevel.rawValue) ?? .info
        return logger
    }
}
