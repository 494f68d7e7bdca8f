import MoonrailCore

/// Environment variables of Moonrail: those of the settings, and those that are no settings.
package enum SettingsVariables {
    /// Names the configuration file.
    package static let configuration = "MOONRAIL_CONFIG"
    /// Path of the function host's executable.
    package static let functionHost = "MOONRAIL_FUNCTION_HOST"
    /// Holds the token for the server that commands ask.
    package static let token = "MOONRAIL_TOKEN"
    /// Hold what a worker logs in to NATS with.
    package static let natsPassword = "MOONRAIL_NATS_PASSWORD"
    package static let natsToken = "MOONRAIL_NATS_TOKEN"
    /// Every variable that starts so must be known: a mistyped one would be ignored in silence.
    static let prefix = "MOONRAIL_"

    /// Variables that are no settings, each with what it does.
    static let others = [
        (configuration, "path of the configuration file; the flag `--config` wins over it"),
        (functionHost, "path of the `function-host` executable; default: beside `moonrail`"),
        (token, "the token for the server that commands ask; `--token-file` wins over it"),
        (natsPassword, "the password of `nats.user`; `nats.password_file` wins over it"),
        (natsToken, "the token for NATS; `nats.token_file` wins over it"),
        (CrashPoint.variable, "for tests: where the process ends itself (`docs/chaos.md`)"),
    ]

    /// One message for each variable that is not known, sorted.
    static func unknown(in environment: [String: String]) -> [String] {
        let known = Settings.overridable.compactMap(\.override?.variable) + others.map(\.0)
        return environment.keys.filter { $0.hasPrefix(prefix) && !known.contains($0) }.sorted()
            .map { "unknown environment variable '\($0)'\(suggestion(for: $0, among: known))" }
    }
}
