import MoonrailCore

extension JetStreamEngine: LaneStore {
    package func settle(_ settlements: [Settlement]) async throws(EngineError) {
        guard let first = settlements.first else { return try await expectAnswer() }
        let lane = first.claim.lane
        guard var owned = laneLogs.owned(lane), owned.fence == first.claim.fence else {
            throw .claimLost(lane)
        }
        if try await resolve(&owned, lane, settlements) { return }
        try await check(settlements, owned)
        CrashPoint.settleBegin.pass()
        var settling = Settling(lane, owned, of: self)
        do throws(EngineError) {
            try await settling.publish(settlements)
            CrashPoint.settleWritten.pass()
            try await settling.commit()
        } catch {
            laneLogs.failed(lane, fence: owned.fence)
            throw error
        }
        CrashPoint.settleCommitted.pass()
    }

    /// Makes sure that the broker answers, as whoever settles nothing wants to know.
    private func expectAnswer() async throws(EngineError) {
        do throws(BrokerFault) {
            _ = try await jetStream.account()
        } catch {
            throw EngineError(error, "asking whether it is there")
        }
    }

    /// Finds out what became of settlements of which that was not known.
    ///
    /// - Returns: whether they are there and are the ones that are to be made.
    private func resolve(
        _ owned: inout OwnedLane, _ lane: LaneID, _ settlements: [Settlement]
    ) async throws(EngineError) -> Bool {
        guard let doubtful = owned.doubtful else { return false }
        guard let last = try await laneLogs.last(lane) else { throw .claimLost(lane) }
        if last.sequence == owned.last {
            // They are not there: they are made again.
            owned.doubtful = nil
            return false
        }
        guard last.message.nonce == doubtful.nonce else {
            laneLogs.lose(lane, fence: owned.fence)
            throw .claimLost(lane)
        }
        owned.last = last.sequence
        owned.doubtful = nil
        if last.message.kind == .values {
            // The rest of them is missing: what is there means nothing without it.
            laneLogs.keep(owned, of: lane)
            return false
        }
        owned.state = last.message.state
        owned.settled = .now
        laneLogs.keep(owned, of: lane)
        _ = try await laneLogs.refresh(lane)
        return settlements.last.map { $0.to.offsets }?
            .allSatisfy { owned.state.places[$0.key]?.next == $0.value } == true
    }

    /// Refuses settlements that don't follow from where the lane stands.
    private func check(
        _ settlements: [Settlement], _ owned: OwnedLane
    ) async throws(EngineError) {
        var places = owned.state.places
        for settlement in settlements {
            let lane = settlement.claim.lane
            guard settlement.claim.fence == owned.fence else { throw .claimLost(lane) }
            for (name, offset) in settlement.from.offsets {
                guard places[name]?.next == offset else { throw .claimLost(lane) }
            }
            for (name, offset) in settlement.to.offsets {
                if let created = try? await stations.station(name).created,
                    places[name]?.created != created
                {
                    throw .claimLost(lane)
                }
                places[name]?.next = offset
            }
        }
    }

    package func arrange(
        _ arrangement: LaneArrangement, telling tellings: [StationAppend]
    ) async throws(EngineError) {
        switch arrangement {
        case .rename(let function, let name):
            throw .unsupported(
                "function '\(function)' can't be renamed to '\(name)' on NATS, where streams keep "
                    + "their names: deploy it under the new name and copy its stations")
        case .exchange(let exchange):
            throw .unsupported(
                "function '\(exchange.second)' can't take the place of '\(exchange.first)' on "
                    + "NATS, where streams keep their names")
        case .remove(let function, let stations):
            for telling in tellings { _ = try await append(telling) }
            try await remove(function)
            for station in stations {
                do throws(EngineError) {
                    try await delete(station)
                } catch {
                    guard case .stationNotFound = error else { throw error }
                }
            }
        }
    }

    private func remove(_ function: FunctionName) async throws(EngineError) {
        laneLogs.forget(function)
        do throws(BrokerFault) {
            for stream in try await jetStream.streams(on: naming.laneSubjects(of: function)) {
                try await jetStream.deleteStream(stream.config.name)
            }
        } catch {
            throw EngineError(error, "removing the lanes of function '\(function)'")
        }
    }

    package func values(
        of lane: LaneID, in space: LaneValueSpace, after key: [UInt8]?, limit: Int
    ) async throws(EngineError) -> [LaneValue] {
        guard try await laneLogs.refresh(lane) else { return [] }
        return try await laneLogs.mirror.values(of: lane, in: space, after: key, limit: limit)
    }

    package func values(
        of lane: LaneID, in space: LaneValueSpace, keys: [[UInt8]]
    ) async throws(EngineError) -> [[UInt8]?] {
        guard try await laneLogs.refresh(lane) else { return keys.map { _ in nil } }
        return try await laneLogs.mirror.values(of: lane, in: space, keys: keys)
    }

    package func journal(
        of lane: LaneID, from first: UInt64, limit: Int
    ) async throws(EngineError) -> [JournalRecord] {
        try await LaneJournal(lane, laneLogs).records(from: first, limit: limit)
    }
}
