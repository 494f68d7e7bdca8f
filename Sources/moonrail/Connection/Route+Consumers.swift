import MoonrailCore
import MoonrailHTTP

/// Calls about consumer groups.
extension Route {
    static let consumers = Route(.GET, "consumers")

    static func consumer(_ group: String, of station: StationName) -> Route {
        Route(.GET, path(group, station))
    }

    /// - Parameter start: where it begins, as people say it.
    static func createConsumer(
        _ group: String, of station: StationName, start: String?
    ) throws -> Route {
        try Route(.PUT, path(group, station), message: ConsumerWishMessage(start: start))
    }

    static func deleteConsumer(_ group: String, of station: StationName) -> Route {
        Route(.DELETE, path(group, station))
    }

    /// - Parameters:
    ///   - position: where to go on instead of where the group stands.
    ///   - wait: how long to wait for the first event.
    static func fetch(
        _ group: String, of station: StationName, from position: String?, limit: UInt?,
        partition: UInt32?, wait: String?
    ) -> Route {
        var route = Route(.GET, path(group, station) + "/events")
        route.add("from", position)
        route.add("limit", limit.map(String.init))
        route.add("partition", partition.map(String.init))
        route.add("wait", wait)
        return route
    }

    static func commit(
        _ group: String, of station: StationName, _ message: CommitMessage
    ) throws -> Route {
        try Route(.POST, path(group, station) + "/commit", message: message)
    }

    private static func path(_ group: String, _ station: StationName) -> String {
        "stations/\(station)/consumers/\(encoded(group))"
    }
}
