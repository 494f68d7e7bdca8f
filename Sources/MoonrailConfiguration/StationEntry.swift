import MoonrailCore

/// One entry of `stations`.
package struct StationEntry: Hashable, Sendable {
    package var settings: StationSettings
    /// Copies of each event on NATS; nil: as `nats` says.
    package var replicas: Int?
    /// Where NATS keeps them; nil: as `nats` says.
    package var storage: NATSSettings.Storage?

    package init(_ settings: StationSettings = StationSettings()) {
        self.settings = settings
    }
}

extension StationEntry {
    static let keys: [SettingsKey<StationEntry>] =
        StationSettings.keys.map { $0.lifted(\.settings) } + [
            SettingsKey(
                "replicas", \.replicas, .number(1...5),
                "On NATS: copies of each event, each on a server of its own.",
                unset: "as `nats` says"),
            SettingsKey(
                "storage", \.storage, .choice,
                "On NATS: where the broker keeps them; fixed once the station exists.",
                unset: "as `nats` says"),
        ]
}
