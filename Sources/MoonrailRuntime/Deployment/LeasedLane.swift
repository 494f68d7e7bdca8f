import MoonrailCore

/// Runs one lane whenever it is this worker's, until it is asked to stop.
struct LeasedLane: Sendable {
    let lane: Lane
    let ownership: any LaneOwnership
    let board: FunctionBoard

    /// How running under one lease ended.
    private enum Ending {
        /// The lane has ended by itself.
        case done
        case failed(EngineError)
        /// The lease ended before; the lane has ended since.
        case leaseEnded
    }

    /// Waits for the lane's lease, has `body` run the lane, and waits again when the lease ends.
    /// A lease that another worker waits for ends the lane in order; one that is lost cancels it.
    ///
    /// - Parameter body: runs the lane that it is given until that is asked to stop.
    /// - Throws: what `body` does; but where workers share lanes, one that was claimed by another
    ///   worker is waited for again.
    func run(
        _ body: @escaping @Sendable (Lane) async throws(EngineError) -> Void
    ) async throws(EngineError) {
        while !lane.stop.isMade, !Task.isCancelled {
            board.waits(lane.id)
            let owned = await lane.stop.cancelling { await ownership.own(lane.id) }
            guard let lease = owned else { return }
            board.begins(lane.id)
            let ending = await lane.stop.followed { stop in
                await run(body, under: lease, until: stop)
            }
            await lease.release()
            switch ending {
            case .done: return
            case .leaseEnded: lane.logger.info("lane \(lane.id) is given up")
            case .failed(let error):
                guard ownership.isShared, case .claimLost = error else { throw error }
                // Who else claimed it may be about to own it, too.
                await lane.stop.cancelling { await lane.retry.pause(after: 1, "\(error)") }
            }
        }
    }

    private func run(
        _ body: @escaping @Sendable (Lane) async throws(EngineError) -> Void,
        under lease: any LaneLease, until stop: StopRequest
    ) async -> Ending {
        var leased = lane
        leased.stop = stop
        return await withTaskGroup(of: Step.self) { group in
            group.addTask { [leased] in
                do throws(EngineError) {
                    try await body(leased)
                    return .laneEnded(nil)
                } catch {
                    return .laneEnded(error)
                }
            }
            group.addTask { .leaseEnds(await lease.ending()) }
            var isLeaseOver = false
            for await step in group {
                switch step {
                case .leaseEnds(.wanted):
                    isLeaseOver = true
                    stop.make()
                case .leaseEnds(.lost):
                    isLeaseOver = true
                    group.cancelAll()
                case .laneEnded(let error):
                    group.cancelAll()
                    if let error { return .failed(error) }
                    return isLeaseOver ? .leaseEnded : .done
                }
            }
            return .done
        }
    }

    /// What one of the tasks under a lease came to.
    private enum Step {
        case laneEnded(EngineError?)
        case leaseEnds(LaneLeaseEnding)
    }
}
