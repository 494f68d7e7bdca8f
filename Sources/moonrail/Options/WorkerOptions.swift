import ArgumentParser
import MoonrailConfiguration

/// Settings that a worker's command line may override. They stay texts, so that the reader of the
/// configuration checks them as it checks the file's.
struct WorkerOptions: ParsableArguments {
    @Option(help: help("The functions directory.", "directory"))
    var functions: String?

    @Option(help: help("trace, debug, info, notice, warning or error.", "level"))
    var logLevel: String?

    @Option(help: help("text, json, or auto: text on a terminal, else json.", "format"))
    var logFormat: String?

    @Option(help: help("The largest payload that is accepted, such as 1MiB.", "size"))
    var eventBytes: String?

    @Option(help: help("Whether stations are created on first use: true or false.", "choice"))
    var createStations: String?

    @Option(help: help("How long a stop waits for batches under way, such as 10s.", "time"))
    var shutdownTimeout: String?

    @Option(help: help("How long a function's process may be without work, such as 1m.", "time"))
    var hostIdle: String?

    @Option(
        help: help(
            "Whether functions run without a filter of system calls: true or false.", "choice"))
    var allowMissingSeccomp: String?

    @Option(help: help("What other workers on NATS call this one.", "name"))
    var worker: String?

    @Option(help: help("Serve the API on the network, such as 127.0.0.1:7667.", "address"))
    var listen: String?

    var flags: SettingsFlags {
        var flags = SettingsFlags()
        flags.functions = functions
        flags.logLevel = logLevel
        flags.logFormat = logFormat
        flags.eventBytes = eventBytes
        flags.createStations = createStations
        flags.shutdownTimeout = shutdownTimeout
        flags.hostIdle = hostIdle
        flags.allowMissingSeccomp = allowMissingSeccomp
        flags.worker = worker
        flags.listen = listen
        return flags
    }

    private static func help(_ text: String, _ value: String) -> ArgumentHelp {
        ArgumentHelp("\(text) Overrides the configuration.", valueName: value)
    }
}
