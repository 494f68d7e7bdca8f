import MoonrailCore

extension Settings {
    /// The keys of the file.
    static let keys: [SettingsKey<Settings>] = [
        SettingsKey(
            "data_directory", \.dataDirectory, .path,
            "Where events and positions are stored; relative to the working directory.",
            override: SettingsOverride("MOONRAIL_DATA", "--data", \.data)),
        SettingsKey(
            "engine", \.engine, .choice,
            "Whether they are stored there, or on NATS; its socket and tokens are there always.",
            override: SettingsOverride("MOONRAIL_ENGINE", "--engine", \.engine)),
        SettingsKey(
            "functions_directory", \.functionsDirectory, .path,
            "Where the scripts lie, one file a function; relative to the working directory.",
            override: SettingsOverride("MOONRAIL_FUNCTIONS", "--functions", \.functions)),
        SettingsKey(
            "log_level", \.logLevel, .choice,
            "What the worker writes to its log: this and what is graver.",
            override: SettingsOverride("MOONRAIL_LOG_LEVEL", "--log-level", \.logLevel)),
        SettingsKey(
            "log_format", \.logFormat, .choice,
            "How it is written: for people, for programs, or for people on a terminal only.",
            override: SettingsOverride("MOONRAIL_LOG_FORMAT", "--log-format", \.logFormat)),
        SettingsKey(
            "event_bytes", \.eventBytes, .size(1...Bounds.eventBytesMaximum, example: "1MiB"),
            "The largest payload that is accepted, of producers and of functions; on NATS 960KiB "
                + "unless set.",
            override: SettingsOverride("MOONRAIL_EVENT_BYTES", "--event-bytes", \.eventBytes)),
        SettingsKey(
            "create_stations", \.createStations, .truth,
            "Whether stations that functions and producers name are created on first use.",
            override: SettingsOverride(
                "MOONRAIL_CREATE_STATIONS", "--create-stations", \.createStations)),
        SettingsKey(
            "shutdown_timeout", \.shutdownTimeout,
            .duration(SettingsBounds.shutdownTimeout, example: "10s"),
            "How long a stopping worker waits for batches that are under way.",
            override: SettingsOverride(
                "MOONRAIL_SHUTDOWN_TIMEOUT", "--shutdown-timeout", \.shutdownTimeout)),
        SettingsKey(
            "host_idle", \.hostIdle, .duration(SettingsBounds.hostIdle, example: "1m"),
            "How long a function's process may be without work before it is stopped.",
            override: SettingsOverride("MOONRAIL_HOST_IDLE", "--host-idle", \.hostIdle)),
        SettingsKey(
            "allow_missing_seccomp", \.allowMissingSeccomp, .truth,
            "Whether functions run on a machine that can't filter their system calls.",
            override: SettingsOverride(
                "MOONRAIL_ALLOW_MISSING_SECCOMP", "--allow-missing-seccomp",
                \.allowMissingSeccomp)),
        SettingsKey(
            "stations", \.declarations, noun: "station", naming: declarableStation,
            empty: StationEntry(), keys: StationEntry.keys,
            "Stations that are not to be created with defaults."),
        SettingsKey(
            "functions", \.functions, noun: "function", naming: FunctionName.init,
            empty: FunctionOverrides(), keys: FunctionOverrides.keys,
            "Attachments of scripts: what is to differ from what a script itself says."),
        SettingsKey(
            "webhooks", \.webhooks, noun: "webhook", naming: FunctionName.init,
            empty: WebhookDefinition(), keys: WebhookDefinition.keys,
            "Endpoints that the events of stations are posted to.", lack: WebhookDefinition.lack),
        SettingsKey(
            "http", \.http, keys: HTTPSettings.keys,
            "How the worker serves the API on the network."),
        SettingsKey(
            "nats", \.nats, keys: NATSSettings.keys,
            "How NATS is reached, where it is the engine."),
        SettingsKey(
            "client", \.client, keys: ClientSettings.keys,
            "How commands reach a worker over the network."),
        SettingsKey(
            "limits", \.limits, keys: FunctionLimits.keys,
            "What a function may use up where neither its script nor its entry says other."),
    ]

    /// The keys that variables and flags set, too, also those of tables.
    static let overridable: [SettingsKey<Settings>] =
        (keys + HTTPSettings.keys.map { $0.lifted(into: "http", \.http) }
        + NATSSettings.keys.map { $0.lifted(into: "nats", \.nats) }
        + ClientSettings.keys.map { $0.lifted(into: "client", \.client) })
        .filter { $0.override != nil }

    @Sendable private static func declarableStation(_ text: String) throws -> StationName {
        let name = try StationName(text)
        guard !name.isReserved else { throw ReservedName(name: name) }
        return name
    }
}

private struct ReservedName: Error, CustomStringConvertible {
    let name: StationName

    var description: String {
        let prefix = name.reservedPrefix ?? ""
        return "station '\(name)' can't be declared: names under \(prefix) are reserved; choose "
            + "another"
    }
}
