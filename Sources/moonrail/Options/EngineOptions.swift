import ArgumentParser
import MoonrailConfiguration

/// Which engine keeps the events. They stay texts, so that the reader of the configuration checks
/// them as it checks the file's.
struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "embedded, in the data directory, or nats. Overrides the configuration.",
            valueName: "engine"))
    var engine: String?

    @Option(
        help: ArgumentHelp(
            "With nats: its servers, such as nats://127.0.0.1:4222, with commas in between.",
            valueName: "urls"))
    var natsServers: String?

    @Option(
        help: ArgumentHelp(
            "With nats: what all names there begin with.", valueName: "prefix"))
    var natsPrefix: String?

    @Option(
        help: ArgumentHelp(
            "With nats: the file of a JWT and its seed to log in with.", valueName: "file"))
    var natsCredentials: String?

    func add(to flags: inout SettingsFlags) {
        flags.engine = engine
        flags.natsServers = natsServers
        flags.natsPrefix = natsPrefix
        flags.natsCredentials = natsCredentials
    }
}
