import MoonrailCore
import MoonrailHTTP

/// Calls about tokens.
extension Route {
    static let tokens = Route(.GET, "tokens")

    /// A secret whose answer was lost is nobody's: it is not asked for twice.
    static func createToken(_ wish: TokenWishMessage) throws -> Route {
        try Route(.POST, "tokens", message: wish, isRepeatable: false)
    }

    static func revokeToken(_ name: TokenName) -> Route { Route(.DELETE, "tokens/\(name)") }
}
