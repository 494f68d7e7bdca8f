import MoonrailCore
import NIOCore

/// Calls about functions and their lanes.
extension Route {
    static let functions = Route(.GET, "functions")
    static let lanes = Route(.GET, "lanes")

    static func function(_ name: FunctionName) -> Route { Route(.GET, "functions/\(name)") }

    static func resume(_ name: FunctionName) -> Route {
        Route(.POST, "functions/\(name)/resume", isRepeatable: true)
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
