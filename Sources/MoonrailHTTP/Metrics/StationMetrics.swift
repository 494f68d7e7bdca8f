import MoonrailCore

/// What stations hold.
package struct StationMetrics: Sendable {
    private let stations: [StationSummary]
    /// When the oldest event that a station holds was appended; none for one that holds none.
    private let oldest: [StationName: EventTime]

    package init(_ stations: [StationSummary], oldest: [StationName: EventTime]) {
        self.stations = stations
        self.oldest = oldest
    }

    package func add(to text: inout MetricsText) {
        add("events", .gauge, "Events that the station holds.", to: &text) { Double($0.events) }
        add("bytes", .gauge, "Bytes of the events that the station holds.", to: &text) {
            Double($0.bytes)
        }
        add(
            "appended_total", .counter, "Events that were ever appended to the station.", to: &text
        ) { station in station.partitions.reduce(0) { $0 + Double($1.next) } }
        add(
            "oldest_event_timestamp_seconds", .gauge,
            "When the oldest event that the station holds was appended.", to: &text
        ) { station in oldest[station.name].map { Double($0.microseconds) / 1e6 } }
    }

    private func add(
        _ name: String, _ kind: MetricsText.Kind, _ help: String, to text: inout MetricsText,
        _ value: (StationSummary) -> Double?
    ) {
        text.add(
            "moonrail_station_" + name, kind, help,
            stations.compactMap { station in
                value(station).map { ([("station", station.name.text)], $0) }
            })
    }
}
