import FoundationEssentials
import MoonrailCore
import MoonrailRuntime

/// What is kept of a token: not the secret, but what tells it.
struct TokenRecord: Codable, Hashable, Sendable {
    var name: String
    /// SHA-256 of the secret, in hexadecimal. That is enough: nobody finds 32 random bytes by
    /// trying, so that there is nothing to slow down as there is with passwords.
    var hash: String
    var scopes: [Scope]
    /// RFC 3339.
    var created: String
    /// Microseconds since 1970-01-01T00:00:00Z; nil: never.
    var expires: Int64?

    func isExpired(at now: EventTime) -> Bool {
        expires.map { $0 <= now.microseconds } ?? false
    }
}

/// The secret of a token, as its owner has it.
struct TokenSecret: Sendable {
    /// What all begin with, so that those who look for leaked secrets find them.
    private static let prefix = "moonrail_"
    private static let randomBytes = 32

    let text: String

    /// A new one, from the system's source of randomness.
    init() {
        var random = SystemRandomNumberGenerator()
        let digits = (0..<Self.randomBytes / 8).map { _ in
            let word = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - word.count) + word
        }
        text = Self.prefix + digits.joined()
    }

    init(_ text: String) {
        self.text = text
    }

    /// What is kept of it.
    var hash: String { ContentHash(of: Array(text.utf8)).text }
}
