import Logging
import MoonrailCore

/// Decides what runs: takes what the directory holds and what people ask for, one after another.
///
/// Whatever fails leaves what runs as it is. Nothing here waits for lanes but a command that says
/// so: switching is their supervisors' work.
struct Deployer {
    /// A version that is about to run.
    struct Candidate {
        let function: DeployableFunction
        /// What is to be recorded of it; nil when it is recorded already.
        var change: FunctionChange?
        /// Whether it runs because what lies in the directory does not.
        var isRestored = false
    }

    /// A function that runs, or would if it were not paused.
    struct Chosen {
        let function: DeployableFunction
        let lanes: UInt32
        /// When this worker deployed it from the directory; nil when it came to run otherwise.
        let deployed: ContinuousClock.Instant?
    }

    struct Failure {
        /// As it is shown when nothing of the function runs.
        let status: FunctionStatus
        let why: String
        /// The case that fails, when that is the reason.
        var test: DeploymentRefusal.FailedTest?
    }

    let deployment: Deployment
    let registry: FunctionRegistry
    let audit: Audit
    let opener: StationOpener
    let surroundings: FunctionSupervisor.Surroundings
    /// Made when the worker is asked to stop.
    let ending: StopRequest
    /// Who deploys what lies in the directory, as the audit shows it.
    let by: Asker

    private(set) var files: FunctionFiles
    private var problems: [String] = []
    private var tried: [FunctionName: FunctionFingerprint] = [:]
    /// Files that may have been renamed, with what they were called.
    private var questions: [FunctionName: FunctionName] = [:]
    var chosen: [FunctionName: Chosen] = [:]
    /// The shadows that run, or would if they were not paused, by their functions.
    var shadows: [FunctionName: Chosen] = [:]
    /// When a function was renamed. What was seen of the directory about then may be of both names
    /// or of none, so that it is looked at again.
    var lastRename: ContinuousClock.Instant?
    private static let renameSettles = SettlingFiles.absence * 4
    private var supervisors: [FunctionName: FunctionSupervisor] = [:]

    init(
        deployment: Deployment, registry: FunctionRegistry, audit: Audit, opener: StationOpener,
        surroundings: FunctionSupervisor.Surroundings, ending: StopRequest, by: Asker
    ) {
        self.deployment = deployment
        self.registry = registry
        self.audit = audit
        self.opener = opener
        self.surroundings = surroundings
        self.ending = ending
        self.by = by
        files = FunctionFiles(deployment.directory)
    }

    var board: FunctionBoard { surroundings.board }
    var logger: Logger { surroundings.logger }
    func tell(_ news: FunctionNews) { surroundings.tell(news) }

    /// Deploys what is new in the directory, and stops what is gone from it.
    mutating func take(_ files: FunctionFiles, _ group: inout TaskGroup<Void>) async {
        var files = files
        if let lastRename, .now - lastRename < Self.renameSettles {
            files = deployment.directory.files(deployment.overrides)
        }
        self.files = files
        forgetAnswered()
        let (attachments, problems) = deployment.attachments(of: files)
        for problem in problems where !self.problems.contains(problem) {
            logger.error("\(problem)")
        }
        self.problems = problems
        let byName = Dictionary(
            attachments.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let present = byName.mapValues { files.fingerprint(of: $0) }
        let plan = DeploymentPlan(tried: tried, recorded: registry.scripts, present: present)
        questions.merge(plan.renamed) { $1 }
        var changes = remove(plan.removed)
        var failures: [Failure] = []
        var candidates: [Candidate] = []
        let wanted = plan.examined.compactMap { byName[$0] }.filter { plan.renamed[$0.name] == nil }
        let results = await deployment.examine(wanted, of: files)
        for (attachment, examined) in zip(wanted, results) {
            let name = attachment.name
            questions[name] = nil
            let isFirst = tried[name] == nil
            switch await decision(examined, present[name]?.content, isFirst: isFirst) {
            case .run(let candidate): candidates.append(candidate)
            case .leave: board.showFailedDeployment(of: name, nil)
            case .reject(let failure): failures.append(failure)
            }
        }
        for (name, before) in plan.renamed.sorted(by: { $0.key < $1.key }) {
            guard let file = byName[name]?.file else { continue }
            let why = Self.question(name, before, file: file)
            failures.append(
                Failure(status: .init(name: name, file: file, state: .failed(why)), why: why))
        }
        for name in plan.examined { tried[name] = present[name] }
        changes += candidates.compactMap(\.change)
        failures += await deploy(candidates, recording: changes, &group)
        await settle(failures, &group)
        await startShadows(&group)
    }

    /// A file that was asked about is looked at again once its old name has nothing any more.
    private mutating func forgetAnswered() {
        let recorded = registry.scripts
        for (name, before) in questions where recorded[before] == nil {
            questions[name] = nil
            tried[name] = nil
        }
    }

    /// Stops functions whose files are gone; what they have settled stays.
    ///
    /// - Returns: what is to be recorded.
    private mutating func remove(_ names: [FunctionName]) -> [FunctionChange] {
        var changes: [FunctionChange] = []
        for name in names {
            tried[name] = nil
            questions[name] = nil
            if chosen.removeValue(forKey: name) != nil {
                tell(.stopped(name))
            }
            if let supervisor = supervisors[name] {
                supervisor.want(.rest(nil, nil))
            } else {
                board.rest(name, showing: nil)
            }
            // While somebody has to say whether it was renamed, it is not gone.
            guard registry.record(of: name)?.isRemoved == false, !questions.values.contains(name)
            else { continue }
            changes.append(FunctionChange(.removed, name, by: by, at: surroundings.now()))
        }
        return changes
    }

    private enum Decision {
        case run(Candidate)
        /// What is wanted runs already.
        case leave
        case reject(Failure)
    }

    /// Decides what follows from an examination.
    ///
    /// - Parameters:
    ///   - content: of its files, without the tests.
    ///   - isFirst: whether this worker never tried it before.
    private func decision(
        _ examined: Deployment.Examined, _ content: String?, isFirst: Bool
    ) async -> Decision {
        guard case .deployable(let function) = examined else {
            let status = examined.status
            return .reject(
                Failure(status: status, why: status.state.reason ?? "it is no function"))
        }
        let record = registry.record(of: function.name)
        if let rollback = record?.rollback, rollback.insteadOf == content {
            if chosen[function.name] != nil { return .leave }
            if let candidate = await recorded(function.name) { return .run(candidate) }
        }
        let version = RecordedVersion(function)
        let isRecorded =
            record?.current?.version == version.version && record?.isRemoved == false
            && record?.current?.manifest == version.manifest && record?.rollback == nil
        // What was deployed before passed its tests then.
        if !(isFirst && isRecorded) {
            switch await deployment.verdict(on: function) {
            case .passed(let cases): tell(.tested(function, cases: cases))
            case .failed(let refusal):
                return .reject(Failure(function, refusal.why, test: refusal.test))
            }
        }
        if isRecorded, chosen[function.name]?.function.isSame(as: function) == true {
            return .leave
        }
        let change = FunctionChange(
            .deployed, function.name, version: version, by: by, at: surroundings.now())
        return .run(Candidate(function: function, change: isRecorded ? nil : change))
    }

    /// The version that ran last, if there is one and it still compiles.
    func recorded(_ name: FunctionName) async -> Candidate? {
        guard let record = registry.record(of: name), !record.isRemoved,
            let version = record.current
        else { return nil }
        do {
            let program = try await registry.program(of: version, function: name)
            let function = try await deployment.examine(
                program, manifest: version.manifest?.manifest(file: version.file))
            return Candidate(function: function, isRestored: true)
        } catch {
            logger.error("\(name)@\(version.short), which ran last, can't run again: \(error)")
            return nil
        }
    }

    /// Keeps running what ran before functions whose deployment failed.
    private mutating func settle(
        _ failures: [Failure], _ group: inout TaskGroup<Void>
    ) async {
        var restored: [Candidate] = []
        for failure in failures {
            let name = failure.status.name
            tell(
                .refused(
                    name,
                    DeploymentRefusal(
                        why: failure.why, test: failure.test,
                        running: chosen[name]?.function.version)))
            await audit.note(
                .deploymentFailed, .function(name), version: failure.status.version?.text,
                because: failure.why, by: by)
            board.showFailedDeployment(of: name, failure.why)
            if chosen[name] != nil { continue }
            if let candidate = await recorded(name) {
                restored.append(candidate)
            } else {
                show(failure)
            }
        }
        let broken = await deploy(restored, recording: [], &group)
        for failure in broken {
            logger.error("\(failure.status.name) can't run: \(failure.why)")
            show(failure)
        }
    }

    /// Shows a function of which nothing runs.
    private func show(_ failure: Failure) {
        board.showFailedDeployment(of: failure.status.name, nil)
        board.show(failure.status)
    }

    /// Has the function examined when its files are looked at next, also if they are the same.
    mutating func forgetTried(_ name: FunctionName) {
        tried[name] = nil
    }

    /// The supervisor of a function, which runs from its first use on.
    mutating func supervisor(
        of name: FunctionName, _ group: inout TaskGroup<Void>
    ) -> FunctionSupervisor {
        if let supervisor = supervisors[name] { return supervisor }
        let supervisor = FunctionSupervisor(name, in: surroundings)
        supervisors[name] = supervisor
        group.addTask { await supervisor.run() }
        return supervisor
    }

    /// Ends everything that runs.
    func finish() {
        for supervisor in supervisors.values { supervisor.finish() }
    }

    private static func question(
        _ name: FunctionName, _ before: FunctionName, file: String
    ) -> String {
        "\(file): its content is that of '\(before)', whose file is gone; if it was renamed, say "
            + "so with: moonrail function rename \(before) \(name); if it is to be a new function, "
            + "which begins anew, change the file, for example by a comment"
    }
}
