import MoonrailCore

/// Functions as a worker would run them, for a process that runs none.
package struct DeployableOverview: FunctionOverview {
    private let deployment: Deployment
    private let engine: any StationEngine
    private let ownership: any LaneOwnership

    package init(
        deployment: Deployment, engine: any StationEngine,
        ownership: any LaneOwnership = SoleOwner()
    ) {
        self.deployment = deployment
        self.engine = engine
        self.ownership = ownership
    }

    package func lack() async -> String? { "no worker runs in the process that answers" }

    package func functions() async -> [FunctionStatus] {
        let files = deployment.directory.files(deployment.overrides)
        let attachments = files.attachments(deployment.overrides).attachments
        let examined = await deployment.examine(attachments, of: files)
        // A store that can't be read says so wherever it is asked for more than this.
        let registry = try? await FunctionRegistry(engine)
        let lanes = ownership.isShared ? (try? await engine.lanes()) ?? [] : []
        return zip(attachments, examined).map { attachment, examined in
            var status = examined.status
            guard let record = registry?.record(of: attachment.name), !record.isRemoved else {
                return status
            }
            if let rollback = record.rollback,
                rollback.insteadOf == files.fingerprint(of: attachment).content
            {
                status.rollback = rollback.reason
                status.version = record.current.map { FunctionVersion(text: $0.version) }
            }
            if let pause = record.pause, status.state == .stopped {
                status.state = .paused(pause.reason)
            }
            for lane in lanes.map(\.lane) where lane.function == status.name {
                status.elsewhere[lane.partition] = ownership.workerElsewhere(lane)
            }
            if !status.elsewhere.isEmpty, status.state == .stopped { status.state = .running }
            return status
        }
    }
}
