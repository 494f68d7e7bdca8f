import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime
import NIOCore

/// Calls about functions and their lanes.
extension Route {
    static let functions = Route(.GET, "functions")
    static let lanes = Route(.GET, "lanes")

    static func function(_ name: FunctionName) -> Route { Route(.GET, "functions/\(name)") }

    static func resume(_ name: FunctionName) -> Route {
        Route(.POST, "functions/\(name)/resume", isRepeatable: true)
    }

    /// - Parameters:
    ///   - statuses: none for all.
    ///   - sample: the share of events, over 0 and at most 1; nil for all.
    static func invocations(
        of function: FunctionName?, statuses: [Invocation.Status], sample: Double?
    ) -> Route {
        var route = Route(.GET, "invocations")
        route.add("function", function?.text)
        if !statuses.isEmpty {
            route.add("status", statuses.map(\.rawValue).joined(separator: ","))
        }
        route.add("sample", sample.map { "\($0)" })
        return route
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

    /// - Parameter source: of the script.
    static func upload(_ function: FunctionName, source: [UInt8]) -> Route {
        Route(.PUT, "functions/\(function)/source", body: ByteBuffer(bytes: source))
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
