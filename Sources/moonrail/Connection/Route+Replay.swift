import MoonrailCore
import MoonrailHTTP
import NIOCore

/// Calls that move lanes, and about what runs again.
extension Route {
    static func reset(_ name: FunctionName, _ wish: ResetWishMessage) throws -> Route {
        try Route(
            .POST, "functions/\(name)/reset", message: wish, isRepeatable: wish.plan == true)
    }

    /// - Parameters:
    ///   - source: the script to run; empty for the one in the functions directory.
    ///   - from: as people say it.
    static func diff(
        _ name: FunctionName, file: String?, source: [UInt8], from: String, partition: UInt32?
    ) -> Route {
        var route = Route(
            .POST, "functions/\(name)/history/diff", body: ByteBuffer(bytes: source),
            isRepeatable: true)
        route.add("file", file)
        route.add("from", from)
        route.add("partition", partition.map { String($0) })
        return route
    }

    static func verify(_ name: FunctionName, from: String, partition: UInt32?) -> Route {
        var route = Route(.POST, "functions/\(name)/history/verify", isRepeatable: true)
        route.add("from", from)
        route.add("partition", partition.map { String($0) })
        return route
    }

    static func compareShadow(of name: FunctionName) -> Route {
        Route(.POST, "functions/\(name)/shadow/compare", isRepeatable: true)
    }

    static func swapShadow(of name: FunctionName, _ wish: DeploymentWishMessage) throws -> Route {
        try Route(.POST, "functions/\(name)/shadow/swap", message: wish)
    }

    static func dropShadow(of name: FunctionName, _ wish: DeploymentWishMessage) throws -> Route {
        try Route(.POST, "functions/\(name)/shadow/drop", message: wish)
    }

    static func replays(of name: FunctionName) -> Route {
        Route(.GET, "functions/\(name)/replays")
    }
}
