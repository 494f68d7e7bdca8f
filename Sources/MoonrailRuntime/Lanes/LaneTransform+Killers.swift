import MoonrailCore

/// Finding out what takes the host along, when an event runs alone and timers fire after it.
extension LaneTransform {
    enum Killer {
        /// The event does, or there is still doubt: whoever asked goes by the event's own runs.
        case event
        /// The timer that fires as the one of this number.
        case firing(StoppedFiring)
        /// It can't be told, or the lane was asked to stop meanwhile.
        case unknown
    }

    /// What has taken the host along in a run of these events.
    ///
    /// - Parameter failures: runs of the first of them alone that ended so before.
    func killer(
        after failures: Int, _ batch: LaneBatch, _ range: Range<Int>, _ reason: String,
        _ progress: inout Progress
    ) async -> Killer {
        guard function.definition.timers != nil, range.count == 1,
            failures + 1 >= function.definition.failure.retry.attempts
        else { return .event }
        let orders = FiringOrders(stopped: progress.stopped)
        // When no timer fires it runs well: then those after it would fire the same ones.
        guard await runs(batch, range, .none, &progress) else { return .event }
        return await killer(batch, range, orders, reason, &progress)
    }

    /// The timer that takes the host along, found by halving how many may fire.
    func killer(
        _ batch: LaneBatch, _ range: Range<Int>, _ orders: FiringOrders, _ reason: String,
        _ progress: inout Progress
    ) async -> Killer {
        var works = 0
        var dies = TimerDefinition.firings(stateBytes: function.program.limits.stateBytes)
        while dies - works > 1 {
            var fewer = orders
            fewer.most = (works + dies) / 2
            if await runs(batch, range, fewer, &progress) {
                works = (works + dies) / 2
            } else {
                dies = (works + dies) / 2
            }
            if stop.isMade || Task.isCancelled { return .unknown }
        }
        // It was not called, and the host died nevertheless.
        if orders.stopped.contains(where: { $0.which == .number(dies) }) { return .unknown }
        return .firing(
            StoppedFiring(
                event: 0, .number(dies),
                FunctionFault(
                    kind: .hostDied, message: reason,
                    attempts: function.definition.failure.retry.attempts)))
    }

    /// Whether a run ends with a reply. Nothing comes of it.
    private func runs(
        _ batch: LaneBatch, _ range: Range<Int>, _ orders: FiringOrders, _ progress: inout Progress
    ) async -> Bool {
        let reply = try? await progress.host.run(batch, range, firings: orders)
        // What it knows of state came to nothing.
        await progress.host.stop()
        return reply != nil
    }

    func timerPause(of place: InputPlace) -> LanePause {
        LanePause(
            version: function.version,
            reason: "timers that fire after event \(place.offset) of \(place.station) take the "
                + "host along, and the event does not; mend on_timer")
    }
}
