import MoonrailRuntime

/// What is asked of a function's deployment; what a route does not need is left out.
package struct DeploymentWishMessage: Codable, Hashable, Sendable {
    /// Of a rollback: the beginning of a version; nil for the one before.
    package var version: String?
    /// Of a rename: the other name.
    package var to: String?
    /// Why: 1,024 bytes at most.
    package var because: String?

    package init(version: String? = nil, to: String? = nil, because: String? = nil) {
        self.version = version
        self.to = to
        self.because = because
    }

    /// - Parameter asker: who asks.
    /// - Returns: them with the reason.
    /// - Throws: `Problem` when the reason is too long.
    func asker(_ asker: Asker) throws(Problem) -> Asker {
        if let because, because.utf8.count > LetterWishMessage.becauseBytes {
            throw .badRequest(
                "'because' has \(because.utf8.count) bytes; it may have "
                    + "\(LetterWishMessage.becauseBytes)")
        }
        return Asker(name: asker.name, from: asker.from, because: because)
    }
}

/// What became of it.
package struct DeploymentMessage: Codable, Hashable, Sendable {
    package var function: String
    /// The version that runs, or would run; 64 hexadecimal digits.
    package var version: String?
    /// Lanes that were paused and go on.
    package var resumed: Int
}

/// A version of a function, with its sources.
package struct VersionMessage: Codable, Hashable, Sendable {
    package var function: String
    package var version: RecordedVersion
    package var source: String
    /// By the names that `require` takes.
    package var libraries: [String: String]
}
