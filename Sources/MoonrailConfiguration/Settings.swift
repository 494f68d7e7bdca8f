import MoonrailCore

/// What the operator decides. A new value holds the defaults.
package struct Settings: Hashable, Sendable {
    /// Where events are stored, and where commands find the worker; relative to the working
    /// directory unless absolute.
    package var dataDirectory = "./moonrail-data"
    /// Where events and positions are kept.
    package var engine = EngineChoice.embedded
    /// Where the scripts lie; relative to the working directory unless absolute.
    package var functionsDirectory = "./functions"
    /// What the worker writes to its log: this level and what is graver.
    package var logLevel = LogLevel.info
    /// How the log is written.
    package var logFormat = LogFormat.auto
    /// Bytes of the largest payload that is accepted.
    package var eventBytes: Int {
        get {
            givenEventBytes
                ?? (engine == .nats ? Bounds.defaultEventBytesOnNATS : Bounds.defaultEventBytes)
        }
        set { givenEventBytes = newValue }
    }
    private var givenEventBytes: Int?
    /// Whether stations that functions and producers name are created on first use.
    package var createStations = true
    /// How long a stopping worker waits for batches that are under way: most take far less than
    /// one second, and what is cut off is simply run again at the next start.
    package var shutdownTimeout = Duration.seconds(10)
    /// How long a function's host may be without work before it is stopped: starting another takes
    /// some milliseconds, keeping one some megabytes.
    package var hostIdle = Duration.seconds(60)
    /// Whether functions run where the filter of system calls, the wall of their sandbox, is
    /// missing.
    package var allowMissingSeccomp = false
    /// Stations that are declared; others are created with defaults, if at all.
    package var declarations: [StationName: StationEntry] = [:]
    /// What the configuration says of attachments, by their names.
    package var functions: [FunctionName: FunctionOverrides] = [:]
    /// Whom events are delivered to, by the names of webhooks.
    package var webhooks: [FunctionName: WebhookDefinition] = [:]
    /// How the worker serves the API on the network.
    package var http = HTTPSettings()
    /// How NATS is reached, where it is the engine.
    package var nats = NATSSettings()
    /// How commands reach a worker over the network.
    package var client = ClientSettings()
    /// What a function may use up where neither its script nor its entry says other.
    package var limits = FunctionLimits()

    package init() {}

    /// What is declared of stations, whichever engine keeps them.
    package var stations: [StationName: StationSettings] { declarations.mapValues(\.settings) }

    /// Reads the file, lays the environment over it, and the flags over both. Blocks while it
    /// reads one file of at most 1 MiB; may be repeated.
    ///
    /// - Parameters:
    ///   - file: nil for the file that `MOONRAIL_CONFIG` names, else `config/moonrail.yaml` if
    ///     there is one, else defaults alone. A file that is named must exist.
    ///   - environment: all variables of the process; those not named `MOONRAIL_...` are ignored.
    /// - Throws: all mistakes of all three sources at once. A value is checked also where another
    ///   source overrides it.
    package static func load(
        file: String?, environment: [String: String], flags: SettingsFlags = SettingsFlags()
    ) throws(ConfigurationError) -> Settings {
        var settings = Settings()
        var messages: [String] = []
        do {
            if let file = try SettingsFile.find(named: file, environment: environment) {
                messages += settings.read(file)
            }
        } catch {
            messages.append(error.text)
        }
        messages += settings.read(environment: environment)
        messages += settings.read(flags)
        if settings.engine == .nats, let lack = settings.nats.lack(environment) {
            messages.append(lack)
        }
        guard messages.isEmpty else { throw ConfigurationError(messages: messages) }
        // An emission is an event: it may be as large as any other.
        settings.limits.emissionBytes = UInt32(settings.eventBytes)
        return settings
    }

    private mutating func read(_ file: SettingsFile) -> [String] {
        var problems: [SettingsProblem] = []
        do {
            let document = try YAMLDocument(file.text(), problems: &problems)
            document.root.read(Self.keys, of: nil, into: &self, problems: &problems)
        } catch {
            problems.append(error)
        }
        // Those of single nodes were found before those of keys.
        return problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
            .map { $0.message(in: file.path) }
    }

    private mutating func read(environment: [String: String]) -> [String] {
        var problems: [SettingsProblem] = []
        for key in Self.overridable {
            guard let variable = key.override?.variable, let text = environment[variable]
            else { continue }
            key.read(SettingsNode(text: text), variable, &self, &problems)
        }
        return problems.map(\.text) + SettingsVariables.unknown(in: environment)
    }

    private mutating func read(_ flags: SettingsFlags) -> [String] {
        var problems: [SettingsProblem] = []
        for key in Self.overridable {
            guard let override = key.override, let text = flags[keyPath: override.flagValue]
            else { continue }
            key.read(SettingsNode(text: text), override.flag, &self, &problems)
        }
        return problems.map(\.text)
    }
}
