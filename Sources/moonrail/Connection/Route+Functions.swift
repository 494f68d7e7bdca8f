import MoonrailCore
import MoonrailHTTP
import NIOCore

/// Calls about functions and their lanes.
extension Route {
    static let functions = Route(.GET, "functions")
    static let lanes = Route(.GET, "lanes")

    static func function(_ name: FunctionName) -> Route { Route(.GET, "functions/\(name)") }

    static func resume(_ name: FunctionName) -> Route {
        Route(.POST, "functions/\(name)/resume", isRepeatable: true)
    }

    static func history(of name: FunctionName) -> Route {
        Route(.GET, "functions/\(name)/history")
    }

    /// - Parameter prefix: the beginning of its hash.
    static func version(_ prefix: String, of name: FunctionName) -> Route {
        Route(.GET, "functions/\(name)/versions/\(encoded(prefix))")
    }

    static func rollback(_ name: FunctionName, _ wish: DeploymentWishMessage) throws -> Route {
        try Route(.POST, "functions/\(name)/rollback", message: wish)
    }

    static func rename(_ name: FunctionName, _ wish: DeploymentWishMessage) throws -> Route {
        try Route(.POST, "functions/\(name)/rename", message: wish)
    }

    static func pause(_ name: FunctionName, _ wish: DeploymentWishMessage) throws -> Route {
        try Route(.POST, "functions/\(name)/pause", message: wish, isRepeatable: true)
    }

    /// - Parameter source: the script to run twice over events of `sample`.
    static func rehearse(
        _ function: FunctionName, file: String, source: [UInt8], sample: StationName, last: UInt64
    ) -> Route {
        var route = Route(
            .POST, "functions/\(function)/rehearsal", body: ByteBuffer(bytes: source),
            isRepeatable: true)
        route.add("sample", sample.text)
        route.add("last", String(last))
        route.add("file", file)
        return route
    }
}
