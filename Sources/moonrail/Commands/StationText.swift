import MoonrailHTTP

/// A station for people.
enum StationText {
    @Sendable static func text(_ station: StationMessage) -> String {
        let since = station.window.since.map { ", the oldest of \($0)" } ?? ""
        let facts = FactList([
            ("station", station.name), ("created", station.created),
            ("events", "\(station.events)"), ("bytes", "\(station.bytes)"),
            ("keeps", station.settings.retentionText),
            ("duplicates", "recognised within " + station.settings.duplicatesText),
            ("window", "\(station.window.ids) ids now" + since),
        ])
        let hasTimes = station.partitions.contains { $0.earliestTime != nil }
        var table = TextTable(
            [.right("partition"), .right("earliest"), .right("next"), .right("events")]
                + [.right("bytes")] + (hasTimes ? [.left("earliest time")] : []))
        let partitions = table.lines(
            station.partitions.map { partition in
                [
                    "\(partition.partition)", "\(partition.earliest)", "\(partition.next)",
                    "\(partition.events)", "\(partition.bytes)",
                ] + (hasTimes ? [partition.earliestTime ?? "-"] : [])
            })
        return facts.text + "\n" + partitions
    }
}
