/// Whether a version that paused gives way to the one before it by itself. A pure decision.
package enum AutomaticRollback {
    /// How long a version is on trial: what fails as soon as it is deployed fails because of that.
    package static let trial = Duration.seconds(60)

    /// - Parameters:
    ///   - age: since the version was deployed from the directory; nil when it came to run in
    ///     another way. One that was rolled back to does not roll back again: two versions that
    ///     both fail would take turns for ever.
    package static func isDue(
        _ policy: FailurePolicy, _ pause: LanePause, age: Duration?
    ) -> Bool {
        guard let age else { return false }
        return policy.onBreaker == .rollback && pause.isByBreaker && age < trial
    }
}
