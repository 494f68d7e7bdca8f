import MoonrailCore

/// What other workers that share the engine record of functions.
extension Deployer {
    /// Reads again what is recorded, and does what follows here: pauses and resumptions,
    /// rollbacks and their ends, shadows that began or ended. Which version runs is otherwise what
    /// this worker's own directory says.
    mutating func follow(_ group: inout TaskGroup<Void>) async {
        let before = chosen.keys.reduce(into: [FunctionName: FunctionRecord]()) {
            $0[$1] = registry.record(of: $1)
        }
        do throws(EngineError) {
            try await registry.reload()
        } catch {
            logger.error("what other workers recorded of functions can't be read: \(error)")
            return
        }
        var isChosenAnew = false
        for (name, before) in before.sorted(by: { $0.key < $1.key }) {
            guard let now = registry.record(of: name) else { continue }
            if now.rollback != before.rollback {
                if await !followRollback(of: name, &group) {
                    forgetTried(name)
                    isChosenAnew = true
                }
            } else if now.pause != before.pause {
                start(name, &group)
            }
        }
        if isChosenAnew { await take(files, &group) }
        for name in shadows.keys where registry.record(of: name)?.shadow?.isKept != false {
            shadows[name] = nil
            if let shadow = try? name.shadow() {
                supervisor(of: shadow, &group).want(.rest(nil, nil))
            }
        }
        await startShadows(&group)
    }

    /// Runs the version that somebody chose elsewhere, if it was chosen instead of what lies in
    /// the directory here.
    ///
    /// - Returns: false when there is no such choice, or not any more.
    private mutating func followRollback(
        of name: FunctionName, _ group: inout TaskGroup<Void>
    ) async -> Bool {
        guard let rollback = registry.record(of: name)?.rollback,
            rollback.insteadOf == content(of: name)
        else { return false }
        guard let candidate = await recorded(name),
            chosen[name]?.function.isSame(as: candidate.function) != true
        else { return true }
        for failure in await deploy([candidate], recording: [], &group) {
            logger.error("\(name) can't be rolled back here: \(failure.why)")
        }
        return true
    }
}
