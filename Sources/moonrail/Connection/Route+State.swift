import MoonrailCore

/// Calls about the state that functions keep.
extension Route {
    /// - Parameter after: the last key so far, with its partition.
    static func states(
        of function: FunctionName, after: (partition: UInt32, key: String)?, limit: Int
    ) -> Route {
        var route = Route(.GET, "functions/\(function)/state")
        route.add("after", after?.key)
        route.add("partition", after.map { String($0.partition) })
        route.add("limit", String(limit))
        return route
    }

    static func stateCount(of function: FunctionName) -> Route {
        Route(.GET, "functions/\(function)/state/count")
    }

    /// - Parameter moment: an offset or a time; nil for now.
    static func state(of function: FunctionName, key: String, at moment: String?) -> Route {
        var route = Route(.GET, "functions/\(function)/state/value")
        route.add("key", key)
        route.add("at", moment)
        return route
    }

    static func stateHistory(of function: FunctionName, key: String, limit: Int) -> Route {
        var route = Route(.GET, "functions/\(function)/state/history")
        route.add("key", key)
        route.add("limit", String(limit))
        return route
    }
}
