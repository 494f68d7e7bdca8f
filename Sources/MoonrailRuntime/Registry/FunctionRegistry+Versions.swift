import MoonrailCore

extension FunctionRegistry {
    /// A version of a function that was deployed.
    ///
    /// - Parameters:
    ///   - prefix: the beginning of its hash; nil for the one that ran before `current`.
    ///   - current: what runs now.
    /// - Throws: `DeploymentRefused` when there is none, or several begin so; `EngineError`.
    package func version(
        of name: FunctionName, _ prefix: String?, before current: FunctionVersion? = nil
    ) async throws -> RecordedVersion {
        let versions = try await history(of: name).compactMap(\.version)
        guard let prefix else {
            guard let version = versions.last(where: { $0.version != current?.text }) else {
                throw DeploymentRefused(
                    description: "function '\(name)' has no earlier version; see: moonrail "
                        + "function history \(name)")
            }
            return version
        }
        let matching = versions.filter { !prefix.isEmpty && $0.version.hasPrefix(prefix) }
        let different = Set(matching.map(\.version))
        guard let version = matching.last, different.count == 1 else {
            throw DeploymentRefused(
                description: different.isEmpty
                    ? "function '\(name)' has no version '\(prefix)'; see: moonrail function "
                        + "history \(name)"
                    : "\(different.count) versions of '\(name)' begin with '\(prefix)'; give more "
                        + "of it")
        }
        return version
    }
}
