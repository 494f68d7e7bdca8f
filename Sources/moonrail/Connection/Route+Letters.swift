import MoonrailCore
import MoonrailHTTP
import NIOCore

/// Calls about dead letters.
extension Route {
    static func letters(
        of function: FunctionName, status: String, reason: String?, limit: UInt
    ) -> Route {
        var route = Route(.GET, "functions/\(function)/letters")
        route.add("status", status)
        route.add("reason", reason)
        route.add("limit", String(limit))
        return route
    }

    static func letter(of function: FunctionName, id: String) -> Route {
        Route(.GET, "functions/\(function)/letters/\(encoded(id))")
    }

    /// What was resent stays so: it does no harm to ask twice.
    static func retryLetters(
        of function: FunctionName, _ wish: LetterWishMessage
    ) throws -> Route {
        try Route(.POST, "functions/\(function)/letters/retry", message: wish, isRepeatable: true)
    }

    static func skipLetters(
        of function: FunctionName, _ wish: LetterWishMessage
    ) throws -> Route {
        try Route(.POST, "functions/\(function)/letters/skip", message: wish, isRepeatable: true)
    }

    /// - Parameter source: the script to try; empty for the one in the functions directory.
    static func rehearse(
        letter id: String, of function: FunctionName, file: String?, source: [UInt8]
    ) -> Route {
        var route = Route(
            .POST, "functions/\(function)/letters/\(encoded(id))/rehearsal",
            body: ByteBuffer(bytes: source), isRepeatable: true)
        route.add("file", file)
        return route
    }
}
