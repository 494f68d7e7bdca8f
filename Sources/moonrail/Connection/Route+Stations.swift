import MoonrailCore
import MoonrailHTTP
import NIOCore

/// Calls about stations and their events.
extension Route {
    static let stations = Route(.GET, "stations")

    static func station(_ name: StationName) -> Route { Route(.GET, "stations/\(name)") }

    static func deleteStation(_ name: StationName) -> Route {
        Route(.DELETE, "stations/\(name)")
    }

    static func createStation(
        _ name: StationName, settings: StationSettingsPatch
    ) throws -> Route {
        try Route(.PUT, "stations/\(name)", message: settings.body)
    }

    static func alterStation(
        _ name: StationName, settings: StationSettingsPatch
    ) throws -> Route {
        try Route(.PATCH, "stations/\(name)", message: settings.body)
    }

    /// - Parameter lines: whole lines, at most `IntakeBounds.bodyBytes` of them.
    static func produce(
        to station: StationName, key: String?, id: String?, time: String?,
        expected: ProduceExpectation? = nil, lines: ByteBuffer
    ) -> Route {
        // With ids, what is there already is known when it comes again.
        var route = Route(
            .POST, "stations/\(station)/events", body: lines, isRepeatable: id != nil)
        route.add(header: "content-type", "application/x-ndjson")
        // What became of each line would be more than the lines themselves.
        route.add(header: "prefer", "return=minimal")
        route.add("key", key)
        route.add("id", id)
        route.add("time", time)
        if let expected {
            route.add("expect_last", expected.last)
            route.add("expect_key", expected.key)
            route.add("partition", expected.partition.map(String.init))
        }
        return route
    }

    static func read(
        _ station: StationName, from: String?, limit: UInt?, partition: UInt32?, key: String?,
        follows: Bool, format: LineFormat
    ) -> Route {
        var route = Route(.GET, "stations/\(station)/events")
        route.add("from", from)
        route.add("limit", limit.map(String.init))
        route.add("partition", partition.map(String.init))
        route.add("key", key)
        route.add("follow", follows ? "true" : nil)
        route.add("format", format.rawValue)
        return route
    }
}
