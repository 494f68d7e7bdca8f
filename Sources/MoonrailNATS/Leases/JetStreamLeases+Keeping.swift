import MoonrailCore

/// Keeping a session alive and its lanes in order.
extension JetStreamLeases {
    /// Keeps the worker's session, takes lanes and gives them up, until the task is cancelled; then
    /// gives everything back, so that others take it over at once. To be run once, for as long as
    /// lanes are wanted.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                while (try? await Task.sleep(for: tick)) != nil {
                    endOverdue()
                    work.ring()
                }
            }
            while !Task.isCancelled {
                let waiter = Bell.Waiter()
                work.enter(waiter)
                await step()
                await waiter.wait()
                work.leave(waiter)
            }
            group.cancelAll()
        }
        await leave()
    }

    /// How late a session that has died may be noticed.
    private var tick: Duration { lease / 20 }
    /// Others may hold a session to be dead after the lease time. It ends itself before, since what
    /// it has under way takes a while to stop.
    private var certainty: Duration { lease * 4 / 5 }

    /// Ends all leases once others may hold this worker to be dead: also when it did nothing for a
    /// while, and while the broker is waited for.
    private func endOverdue() {
        let now = now
        let isOverdue = state.withLock { state in
            guard now >= state.validUntil, !state.leases.isEmpty else { return false }
            for lane in state.leases.keys { state.leases[lane]?.ending = .lost }
            return true
        }
        if isOverdue { outcome.ring() }
    }

    private func step() async {
        guard await isKept(), let step = nextStep() else { return }
        if !step.writes.isEmpty { await make(step.writes, step.session) }
        let hasNews = state.withLock { state in
            state.returning = []
            defer { state.hasNews = false }
            return state.hasNews
        }
        if hasNews || !step.writes.isEmpty { outcome.ring() }
        await removeLongDead(step.session)
    }

    /// What is to be written now: records of lanes to take, and of lanes to give back.
    private func nextStep() -> (
        session: SessionID, writes: [(lane: LaneID, write: LeaseBucket.Write)]
    )? {
        let now = now
        return state.withLock { state in
            guard let session = state.session else { return nil }
            let plan = state.table.plan(for: session, at: now)
            if state.leaving != plan.leave { state.hasNews = true }
            state.leaving = plan.leave
            mark(&state, session, plan)
            var takes = plan.take.filter { state.wanted.contains($0.key) }
            for lane in state.asked
            where state.table.isLoaded && state.table.holder(of: lane, at: now) == nil {
                takes[lane] = state.table.revision(of: lane)
            }
            let returns = state.table.lanes(of: session).filter { lane, _ in
                state.leases[lane] == nil && !state.asked.contains(lane)
                    && (plan.leave.contains(lane) || !state.wanted.contains(lane))
            }
            state.returning = Set(returns.keys)
            let record = LeaseBucket.Change.put(
                HolderRecord(session: session, worker: worker).encoded)
            return (
                session,
                takes.map { ($0.key, .init(of: $0.key, record, at: $0.value)) }
                    + returns.map { ($0.key, .init(of: $0.key, .delete, at: $0.value)) }
            )
        }
    }

    /// Ends the leases that are another's by now or are to be.
    private func mark(_ state: inout State, _ session: SessionID, _ plan: LeaseTable.Plan) {
        for (lane, held) in state.leases where held.ending != .lost {
            if state.table.isElsewhere(lane, than: session) {
                state.leases[lane]?.ending = .lost
                state.hasNews = true
            } else if plan.leave.contains(lane), held.ending == nil {
                state.leases[lane]?.ending = .wanted
                state.hasNews = true
            }
        }
    }

    /// Makes writes and takes note of those that count; of the others the watch will tell.
    private func make(
        _ writes: [(lane: LaneID, write: LeaseBucket.Write)], _ session: SessionID
    ) async {
        let results = await bucket.write(writes.map(\.write), timeout: timeout)
        let now = now
        state.withLock { state in
            guard state.session == session else { return }
            for ((lane, write), result) in zip(writes, results) {
                guard case .success(let revision) = result else { continue }
                var record: HolderRecord?
                if case .put = write.change {
                    record = HolderRecord(session: session, worker: worker)
                }
                state.table.take(.lane(lane, record), revision: revision, at: now, own: session)
            }
        }
    }

    /// Makes sure of a session that others know to live, and of a watch that tells of theirs.
    ///
    /// - Returns: false when it can't now.
    private func isKept() async -> Bool {
        let now = now
        let certainty = certainty
        let (session, isOver, isDeaf, isDue) = state.withLock { state in
            let heard = state.session.flatMap { state.table.heard($0) } ?? .zero
            return (
                state.session, now >= state.validUntil,
                state.isWatchBroken || now - max(heard, state.watchBegan) > certainty,
                now >= state.nextRenewal || state.published != state.wanted
            )
        }
        guard let session, !isOver else { return await begin(after: session) }
        if isDue { await renew(session) }
        return isDeaf ? await watch() : true
    }

    /// Begins another session, with nothing of the one before.
    private func begin(after ended: SessionID?) async -> Bool {
        let session = SessionID()
        let wanted = state.withLock { state in
            for lane in state.leases.keys { state.leases[lane]?.ending = .lost }
            state.session = nil
            state.leaving = []
            state.table.begin(after: ended)
            return state.wanted
        }
        if ended != nil {
            trouble(
                "no sign of life of this worker reached the broker in time; others may run lanes")
        }
        outcome.ring()
        do throws(BrokerFault) {
            try await bucket.open()
            let sent = now
            let revision = try await write(session, wanted, revision: 0)
            state.withLock { state in
                state.session = session
                renewed(&state, wanted, revision, sent)
            }
        } catch {
            trouble("\(EngineError(error, "beginning to share lanes"))")
            return false
        }
        return await watch()
    }

    /// Tells the others that the session lives, and what it can run. What fails is tried again
    /// until the session is over.
    private func renew(_ session: SessionID) async {
        let sent = now
        let (wanted, revision) = state.withLock { state in
            // One that was not answered may have been written.
            (state.wanted, max(state.revision, state.table.revision(of: session)))
        }
        do throws(BrokerFault) {
            let revision = try await write(session, wanted, revision: revision)
            state.withLock { renewed(&$0, wanted, revision, sent) }
        } catch {
            state.withLock { $0.nextRenewal = sent + tick }
        }
    }

    private func renewed(
        _ state: inout State, _ wanted: Set<LaneID>, _ revision: UInt64, _ sent: Duration
    ) {
        state.revision = revision
        state.published = wanted
        state.validUntil = sent + certainty
        state.nextRenewal = sent + lease / 3
    }

    private func write(
        _ session: SessionID, _ lanes: Set<LaneID>, revision: UInt64
    ) async throws(BrokerFault) -> UInt64 {
        let record = SessionRecord(worker: worker, lanes: lanes)
        let write = LeaseBucket.Write(
            key: LeaseRecord.key(session), change: .put(record.encoded), revision: revision)
        return try await bucket.write([write], timeout: timeout)[0].get()
    }

    /// Tells an operator of the first of several things in a row that don't work.
    private func trouble(_ what: String) {
        let isFirst = state.withLock { state in
            defer { state.isTroubled = true }
            return !state.isTroubled
        }
        if isFirst { report(what + "; trying again") }
    }

    /// Begins to watch, from what is there on. Leases stay; nothing is taken before all is known.
    private func watch() async -> Bool {
        let now = now
        let number = state.withLock { state in
            state.table.begin(after: nil)
            state.watch = nil
            state.watchNumber += 1
            state.watchBegan = now
            state.isWatchBroken = false
            return state.watchNumber
        }
        do throws(BrokerFault) {
            let watch = try await bucket.watch { [weak self] in self?.heard($0, by: number) }
            state.withLock { state in
                state.watch = watch
                state.isTroubled = false
            }
            return true
        } catch {
            trouble("\(EngineError(error, "watching who shares lanes"))")
            state.withLock { $0.isWatchBroken = true }
            return false
        }
    }

    private func heard(_ news: LeaseBucket.News, by watch: Int) {
        let now = now
        state.withLock { state in
            guard state.watchNumber == watch else { return }
            switch news {
            case .gap: state.isWatchBroken = true
            case .entry(let key, let value, let revision):
                guard let record = LeaseRecord(key: key, value: value) else { return }
                if case .lane = record { state.hasNews = true }
                state.table.take(record, revision: revision, at: now, own: state.session)
            }
        }
        work.ring()
    }

    private func removeLongDead(_ session: SessionID) async {
        let now = now
        let dead = state.withLock { $0.table.longDead(seenBy: session, at: now) }
        for id in dead {
            guard (try? await bucket.purge(LeaseRecord.key(id))) != nil else { return }
            state.withLock { state in
                state.table.take(.ended(id), revision: .max, at: now, own: session)
            }
        }
    }

    /// Gives all lanes back, and ends the session.
    private func leave() async {
        let (session, lanes, revision) = state.withLock { state in
            defer {
                for lane in state.leases.keys { state.leases[lane]?.ending = .lost }
                state.session = nil
                state.watch = nil
                state.watchNumber += 1
            }
            let lanes = state.session.map { state.table.lanes(of: $0) } ?? [:]
            return (state.session, lanes, state.revision)
        }
        outcome.ring()
        guard let session else { return }
        var writes = lanes.sorted { $0.value < $1.value }.map { lane, revision in
            LeaseBucket.Write(of: lane, .delete, at: revision)
        }
        writes.append(
            LeaseBucket.Write(
                key: LeaseRecord.key(session), change: .delete, revision: revision))
        _ = await bucket.write(writes, timeout: timeout)
    }
}
