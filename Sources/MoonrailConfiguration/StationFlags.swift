import MoonrailCore

/// What a command line says of one station's settings. Values are texts as they were typed: the
/// readers of the configuration read them too, with the same ranges and the same messages.
package struct StationFlags: Hashable, Sendable {
    /// `--partitions`
    package var partitions: String?
    /// `--retention-age`
    package var retentionAge: String?
    /// `--retention-bytes`
    package var retentionBytes: String?
    /// `--retention-events`
    package var retentionEvents: String?
    /// `--duplicate-ids`
    package var duplicateIDs: String?
    /// `--duplicate-age`
    package var duplicateAge: String?

    package init() {}

    package var isEmpty: Bool { self == StationFlags() }

    /// Default settings with what is said laid over them.
    ///
    /// - Throws: all mistakes at once.
    package func settings() throws(ConfigurationError) -> StationSettings {
        var settings = StationSettings()
        var problems: [SettingsProblem] = []
        read(partitions, "--partitions", "partitions", StationSettings.keys, &settings, &problems)
        read(
            retentionAge, "--retention-age", "age", Retention.keys, &settings.retention,
            &problems)
        read(
            retentionBytes, "--retention-bytes", "bytes", Retention.keys, &settings.retention,
            &problems)
        read(
            retentionEvents, "--retention-events", "events", Retention.keys,
            &settings.retention, &problems)
        read(
            duplicateIDs, "--duplicate-ids", "ids", DuplicateReach.keys, &settings.duplicates,
            &problems)
        read(
            duplicateAge, "--duplicate-age", "age", DuplicateReach.keys, &settings.duplicates,
            &problems)
        guard problems.isEmpty else { throw ConfigurationError(messages: problems.map(\.text)) }
        return settings
    }

    private func read<Root>(
        _ text: String?, _ flag: String, _ name: String, _ keys: [SettingsKey<Root>],
        _ root: inout Root, _ problems: inout [SettingsProblem]
    ) {
        guard let text else { return }
        keys.first { $0.name == name }?.read(SettingsNode(text: text), flag, &root, &problems)
    }
}
