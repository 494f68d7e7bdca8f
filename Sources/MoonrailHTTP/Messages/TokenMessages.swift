import MoonrailCore

/// A token that is wished for.
package struct TokenWishMessage: Codable, Hashable, Sendable {
    package var name: String
    /// Such as `produce:orders.*`; at least one.
    package var scopes: [Scope]
    /// Seconds until it is worth nothing; nil: it never expires.
    package var expiresIn: Int64?

    enum CodingKeys: String, CodingKey {
        case name, scopes
        case expiresIn = "expires_in"
    }

    package init(name: String, scopes: [Scope], expiresIn: Int64? = nil) {
        self.name = name
        self.scopes = scopes
        self.expiresIn = expiresIn
    }
}

/// What may be told of a token.
package struct TokenMessage: Codable, Hashable, Sendable {
    package var name: String
    package var scopes: [Scope]
    /// RFC 3339.
    package var created: String
    /// RFC 3339; nil: never.
    package var expires: String?
    /// Whether it is worth nothing any more.
    package var expired: Bool
    /// The secret: told once, by the answer that makes it.
    package var token: String?
}

extension Scope: DescribedMessage {
    static func schema(_ schemas: MessageSchemas) -> JSONValue {
        ["type": "string", "pattern": "^(produce:.+|consume:.+|operate|admin)$"]
    }

    static var example: Scope { .admin }
}
