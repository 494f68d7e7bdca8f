/// How the process that answers is.
package struct HealthMessage: Codable, Hashable, Sendable {
    package enum Status: String, CaseIterable, Codable, Sendable {
        /// It answers.
        case alive
        /// It does what it is there for.
        case ready
    }

    package var status: Status
}

/// The program that answers.
package struct ProgramMessage: Codable, Hashable, Sendable {
    package var name: String
    package var version: String
}
