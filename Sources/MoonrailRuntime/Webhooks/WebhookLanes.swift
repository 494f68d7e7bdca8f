import MoonrailCore
import ServiceLifecycle

/// Runs the lanes of webhooks, beside those of functions.
struct WebhookLanes: Sendable {
    let webhooks: [Webhook]
    let opener: StationOpener
    let surroundings: FunctionSupervisor.Surroundings

    /// Begins them; each runs until a graceful shutdown, and then until what is under way is
    /// settled.
    func begin(_ group: inout TaskGroup<Void>) async {
        let opened = await opener.open(for: webhooks.map(\.function))
        for webhook in webhooks {
            let function = webhook.function
            switch opened[function.name] {
            case .success(let lanes)?:
                // It counts as running from here on, so that nothing is idle before it has begun.
                surroundings.board.show(
                    function.status(.running),
                    lanes: (0..<lanes).map { LaneID(function: function.name, partition: $0) })
                group.addTask { await run(webhook, lanes: lanes) }
            case .failure(let error)?:
                surroundings.logger.error("\(function.name) can't run: \(error)")
                surroundings.board.show(function.status(.failed("\(error)")))
            case nil: continue
            }
        }
    }

    private func run(_ webhook: Webhook, lanes: UInt32) async {
        let ending = StopRequest()
        let function = webhook.function
        let supervisor = FunctionSupervisor(
            function.name, in: surroundings(of: webhook, until: ending))
        supervisor.want(.run(function, lanes: lanes))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            group.addTask {
                try? await gracefulShutdown()
                // First the lanes are to end: what a host breaks off must not be overtaken.
                supervisor.finish()
                ending.make()
            }
        }
    }

    private func surroundings(
        of webhook: Webhook, until ending: StopRequest
    ) -> FunctionSupervisor.Surroundings {
        let host = DeliveryHost(
            receiver: webhook.receiver, policy: webhook.function.definition.failure.retry,
            retry: Retry(clock: ContinuousClock(), logger: surroundings.logger), ending: ending)
        return FunctionSupervisor.Surroundings(
            engine: surroundings.engine, ownership: surroundings.ownership,
            hosts: DeliveryHosts(host: host), idleHosts: surroundings.idleHosts,
            board: surroundings.board, feed: surroundings.feed,
            metrics: surroundings.metrics, now: surroundings.now, clock: surroundings.clock,
            logger: surroundings.logger,
            tell: surroundings.tell, paused: { _, _ in })
    }
}
