import MoonrailCore

extension StationSettings {
    /// The keys of one entry of `stations`.
    static let keys: [SettingsKey<StationSettings>] = [
        SettingsKey(
            "partitions", \.partitions, .number(1...UInt32(Bounds.partitions)),
            "Number of partitions; fixed once the station exists."),
        SettingsKey(
            "retention", \.retention, keys: Retention.keys,
            "What is kept at least; what goes beyond any of its bounds is removed, oldest first."),
        SettingsKey(
            "duplicates", \.duplicates, keys: DuplicateReach.keys,
            "How far back a repeated id is recognised: to whichever bound comes first."),
    ]
}

extension Retention {
    /// The keys of `retention` in an entry of `stations`.
    static let keys: [SettingsKey<Retention>] = [
        SettingsKey("age", \.age, .orNone(.retentionAge), "Time since an event was appended."),
        SettingsKey(
            "bytes", \.bytes, .orNone(.retentionBytes),
            "Stored bytes of all partitions together."),
        SettingsKey(
            "events", \.events, .orNone(.retentionEvents), "Events of all partitions together."),
    ]
}

extension DuplicateReach {
    /// The keys of `duplicates` in an entry of `stations`.
    static let keys: [SettingsKey<DuplicateReach>] = [
        SettingsKey(
            "ids", \.ids, .duplicateIDs,
            "The latest ids of the station; each takes 40 bytes of memory."),
        SettingsKey(
            "age", \.age, .duplicateAge, "Time since the event of the id was appended."),
    ]
}

extension ValueKind<Duration> {
    static let retentionAge = duration(Retention.ageAllowed, example: "7d")
    static let duplicateAge = duration(DuplicateReach.ageAllowed, example: "24h")
}

extension ValueKind<UInt64> {
    static let retentionBytes = size(Retention.bytesAllowed, example: "10GiB")
    static let retentionEvents = number(Retention.eventsAllowed)
}

extension ValueKind<Int> {
    static let duplicateIDs = number(DuplicateReach.idsAllowed)
}
