import Foundation
import MoonrailCore

extension JetStreamLeases {
    /// Keeps this worker's record and takes the lanes that are its own, until the task is
    /// cancelled; then it lets others have them at once. To be run for as long as lanes run.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watch() }
            group.addTask { await self.keep() }
            await group.waitForAll()
        }
        await leave()
    }

    // MARK: Watching

    /// Takes in every change of the bucket.
    private func watch() async {
        // The reader's station is only a name: what it reads are the bucket's records.
        var cursor = StationCursor(station: .functionChanges, partition: 0, offset: 0)
        while !Task.isCancelled {
            do throws(BrokerFault) {
                try await makeBucket()
                let reader = try await readers.open(
                    cursor, subject: records.subjects, stream: records.stream
                ) { message, place, events in
                    events.append(
                        Event(
                            key: message.subject, time: place.time, payload: Array(message.payload),
                            isJSON: false))
                }
                try await take(from: reader, &cursor)
            } catch {
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func makeBucket() async throws(BrokerFault) {
        do throws(BrokerFault) {
            _ = try await jetStream.createStream(records.configuration(settings))
        } catch {
            guard error.number == BrokerFault.Number.streamNameInUse else { throw error }
        }
    }

    private func take(
        from reader: PartitionReader, _ cursor: inout StationCursor
    ) async throws(BrokerFault) {
        reader.keepAhead()
        while !Task.isCancelled {
            let waiter = Bell.Waiter()
            reader.bell.enter(waiter)
            defer { reader.bell.leave(waiter) }
            let events = await reader.read(ReadBounds(), known: 0)
            if events.isEmpty {
                state.withLock { $0.isCurrent = true }
                bell.ring()
                guard reader.end == nil else { return }
                await waiter.wait()
                continue
            }
            let now = ContinuousClock.now
            state.withLock { state in
                events.records.forEachRecord { index, record in
                    saw(record, revision: events.offsets[index] + 1, at: now, &state)
                }
            }
            cursor.offset = (events.offsets.last ?? cursor.offset) + 1
            bell.ring()
        }
    }

    private func saw(
        _ record: EventRecord, revision: UInt64, at now: ContinuousClock.Instant,
        _ state: inout State
    ) {
        let subject = record.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let payload = Data(record.payload)
        switch records.key(ofSubject: subject) {
        case .session(let session)?:
            state.table.saw(
                session: session,
                try? JSONDecoder().decode(LeaseRecords.Session.self, from: payload), at: now)
        case .lane(let lane)?:
            state.table.saw(
                lane: lane, try? JSONDecoder().decode(LeaseRecords.Lane.self, from: payload),
                revision: revision)
        case nil: break
        }
    }

    // MARK: Keeping

    /// Writes this worker's record in time, and takes lanes that are its own and nobody has.
    private func keep() async {
        let leaseTime = state.withLock { $0.table.leaseTime }
        var next = ContinuousClock.now
        while !Task.isCancelled {
            let now = ContinuousClock.now
            if now >= next || hasOtherWants(at: now) {
                // As often as three times within the lease time, also when it fails.
                next = now + leaseTime / 3
                await renew(at: now)
            }
            await takeLanes()
            // Whoever waits for a lease to end hears that time has gone by.
            bell.ring()
            try? await Task.sleep(for: min(.milliseconds(100), leaseTime / 20))
        }
    }

    private func hasOtherWants(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            for case (let lane, .leaving(let since)) in state.wants
            where now - since > state.table.leaseTime / 3 {
                state.wants[lane] = nil
            }
            return state.written != Set(state.wants.keys)
        }
    }

    private func renew(at now: ContinuousClock.Instant) async {
        let wants = state.withLock { Set($0.wants.keys) }
        let record = LeaseRecords.Session(
            name: settings.name,
            wants: wants.sorted(by: LaneID.isBefore).map(\.description))
        guard await write(.session(session), record) != nil else { return }
        state.withLock { state in
            state.written = wants
            state.renewed = now
        }
    }

    private func takeLanes() async {
        let duties = state.withLock { self.duties(in: $0, at: ContinuousClock.now) }
        for (lane, revision) in duties.taking { _ = try? await claim(lane, behind: revision) }
        for (lane, revision) in duties.leaving { await remove(lane, revision) }
        for session in duties.dead { await erase(.session(session), behind: nil) }
    }

    /// What there is to be written now.
    private struct Duties {
        /// Lanes whose leases are to be this worker's, with their last revisions.
        var taking: [(LaneID, UInt64)] = []
        /// Leases of this worker that nobody here holds.
        var leaving: [(LaneID, UInt64)] = []
        /// Workers that died long ago.
        var dead: [String] = []
    }

    private func duties(in state: State, at now: ContinuousClock.Instant) -> Duties {
        var duties = Duties()
        let table = state.table
        guard state.isCurrent, table.isAlive(session, at: now),
            state.renewed.map({ now - $0 < table.leaseTime }) == true
        else { return duties }
        let assigned = table.assignment(at: now)
        for (lane, wish) in state.wants where wish == .waiting && assigned[lane] == session {
            guard table.holder(of: lane, at: now) == nil else { continue }
            duties.taking.append((lane, table.revisions[lane] ?? 0))
        }
        for (lane, lease) in table.leases where lease.session == session {
            switch state.wants[lane] {
            case .waiting?, .held?: continue
            case .leaving?, nil: break
            }
            if !state.taken.contains(lane) { duties.leaving.append((lane, lease.revision)) }
        }
        duties.dead = table.sessions.filter { now - $0.value.seen > table.leaseTime * 10 }
            .map(\.key)
        return duties
    }

    /// Lets others have everything at once.
    private func leave() async {
        let held = state.withLock { state in
            state.table.leases.filter { $0.value.session == session }
        }
        for (lane, lease) in held { await remove(lane, lease.revision) }
        await erase(.session(session), behind: nil)
    }

    // MARK: Writing

    /// Writes a lease of this worker, where the lane's last record is the one of that revision.
    ///
    /// - Returns: its revision; nil when there is another record.
    func claim(
        _ lane: LaneID, behind revision: UInt64
    ) async throws(EngineError) -> UInt64? {
        guard let payload = try? JSONEncoder().encode(LeaseRecords.Lane(session: session)) else {
            return nil
        }
        let receipt = await publish(.lane(lane), payload, behind: revision)
        switch receipt {
        case .stored(let revision), .duplicate(let revision): return revision
        case .failed(let fault):
            if fault.number == BrokerFault.Number.wrongLastSequence { return nil }
            throw EngineError(fault, "taking the lease of lane \(lane)")
        }
    }

    /// Removes a lease of this worker, unless somebody else has the lane by now.
    func remove(_ lane: LaneID, _ revision: UInt64) async {
        await erase(.lane(lane), behind: revision)
    }

    private func write(_ key: LeaseRecords.Key, _ record: some Encodable) async -> UInt64? {
        guard let payload = try? JSONEncoder().encode(record) else { return nil }
        guard case .stored(let revision) = await publish(key, payload, behind: nil) else {
            return nil
        }
        return revision
    }

    private func erase(_ key: LeaseRecords.Key, behind revision: UInt64?) async {
        _ = await publish(key, nil, behind: revision)
    }

    /// - Parameter payload: nil removes the key.
    private func publish(
        _ key: LeaseRecords.Key, _ payload: Data?, behind revision: UInt64?
    ) async -> PublishReceipt {
        let subject = records.subject(of: key)
        // A record that comes late is of no use.
        let timeout = state.withLock { $0.table.leaseTime } / 3
        return await broker.publish(count: 1, timeout: timeout) { sequence in
            Array(payload ?? Data()).withUnsafeBytes { bytes in
                sequence.publish(subject, bytes) { headers in
                    if payload == nil { headers.add("KV-Operation", "DEL") }
                    if let revision { SequenceMark.subject(revision).add(to: &headers) }
                }
            }
        }[0]
    }
}
