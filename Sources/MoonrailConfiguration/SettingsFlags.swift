/// What the command line says of the settings. Values are texts as they were typed, because the
/// readers of the file's values read them too, with the same ranges and the same messages.
package struct SettingsFlags: Hashable, Sendable {
    /// `--data`
    package var data: String?
    /// `--engine`
    package var engine: String?
    /// `--nats-servers`: URLs, with commas in between
    package var natsServers: String?
    /// `--nats-prefix`
    package var natsPrefix: String?
    /// `--nats-credentials`
    package var natsCredentials: String?
    /// `--worker`
    package var worker: String?
    /// `--functions`
    package var functions: String?
    /// `--log-level`
    package var logLevel: String?
    /// `--log-format`
    package var logFormat: String?
    /// `--event-bytes`
    package var eventBytes: String?
    /// `--create-stations`: `true` or `false`
    package var createStations: String?
    /// `--shutdown-timeout`
    package var shutdownTimeout: String?
    /// `--host-idle`
    package var hostIdle: String?
    /// `--allow-missing-seccomp`: `true` or `false`
    package var allowMissingSeccomp: String?
    /// `--listen`
    package var listen: String?
    /// `--server`
    package var server: String?
    /// `--token-file`
    package var tokenFile: String?
    /// `--authorities`
    package var authorities: String?
    /// `--certificate`
    package var certificate: String?
    /// `--certificate-key`
    package var certificateKey: String?

    package init() {}
}

/// What else may set a key that the file sets.
struct SettingsOverride: Sendable {
    let variable: String
    /// As it is typed: `--data`.
    let flag: String
    let flagValue: KeyPath<SettingsFlags, String?> & Sendable

    init(
        _ variable: String, _ flag: String, _ flagValue: KeyPath<SettingsFlags, String?> & Sendable
    ) {
        self.variable = variable
        self.flag = flag
        self.flagValue = flagValue
    }
}
