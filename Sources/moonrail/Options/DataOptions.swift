import ArgumentParser
import FoundationEssentials
import MoonrailConfiguration

/// Where the configuration and the events are; every command takes these.
struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The data directory; the configuration names it otherwise.", valueName: "directory"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "The configuration file; without it config/moonrail.yaml, if there is one.",
            valueName: "file"))
    var config: String?

    @OptionGroup(title: "Options for where events are kept")
    var engine: EngineOptions

    @OptionGroup(title: "Options for a worker on another machine")
    var server: ServerOptions

    /// The configuration with the environment and these options laid over it.
    ///
    /// - Parameter flags: options of the command itself that override settings.
    func settings(
        _ flags: SettingsFlags = SettingsFlags()
    ) throws(ConfigurationError) -> Settings {
        var flags = flags
        flags.data = data
        engine.add(to: &flags)
        server.add(to: &flags)
        return try Settings.load(
            file: config, environment: ProcessInfo.processInfo.environment, flags: flags)
    }

    /// - Throws: `ValidationError` when a server is named, for a command that works on files here.
    func mustBeLocal() throws {
        guard server.server == nil else {
            throw ValidationError("this command works on files of this machine; leave --server out")
        }
    }
}
