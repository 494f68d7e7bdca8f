import MoonrailCore

/// Calls about where events come from and what came of them.
extension Route {
    /// - Parameter limit: most events of the answer; nil for as many as the API tells.
    static func trace(
        _ station: StationName, partition: UInt32, offset: UInt64, limit: UInt?
    ) -> Route {
        var route = Route(.GET, "stations/\(station)/trace")
        route.add("partition", String(partition))
        route.add("offset", String(offset))
        route.add("limit", limit.map(String.init))
        return route
    }
}
