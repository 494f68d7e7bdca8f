import MoonrailCore

/// The events of a settlement for one station, on their way there.
struct Emissions: Sendable {
    private let append: StationAppend
    private let partitions: UInt32
    /// Which of them are published: those that are not there already.
    private let indices: [Int]
    /// What was sent to the same station right in front of them.
    private let previous: EmissionPlace?
    /// Ids of those that are not published, as they are there.
    let found: [NameHash]
    /// Whether the station's stream has replicas.
    let isReplicated: Bool
    /// Whether scripts gave some of the ids.
    let givesIDs: Bool
    /// What became of the first where it was sent alone.
    private var first: PublishReceipt?

    /// - Parameter known: ids that the station is known to have.
    init(
        _ append: StationAppend, to station: KnownStation, without known: Set<NameHash>,
        behind previous: EmissionPlace?
    ) {
        self.append = append
        self.previous = previous
        partitions = station.partitions
        isReplicated = station.configuration.num_replicas > 1
        var indices: [Int] = []
        var found: [NameHash] = []
        var givesIDs = false
        indices.reserveCapacity(append.records.count)
        append.records.forEachRecord { index, record in
            if !known.isEmpty, case let id = NameHash(record.idField), known.contains(id) {
                found.append(id)
            } else {
                indices.append(index)
                if !record.flags.contains(.derivedID) { givesIDs = true }
            }
        }
        self.indices = indices
        self.found = found
        self.givesIDs = givesIDs
    }

    /// The last of them.
    var last: EmissionPlace? {
        indices.last.map { EmissionPlace(records: append.records, index: $0) }
    }

    /// Sends them.
    ///
    /// - Parameter follow: whether each is to be stored right behind the one in front of it; only
    ///   for events with ids that were computed, of which none was published before.
    func send(on engine: JetStreamEngine, follow: Bool) -> SentEmissions {
        SentEmissions(
            emissions: self, follow: follow,
            batch: follow ? sendFollowing(on: engine) : sendEach(on: engine))
    }

    var station: StationName { append.station }

    /// Sends the first alone where the station may have no leader, and waits for it.
    ///
    /// - Throws: what became of it; nothing was sent behind it.
    mutating func sendFirst(on engine: JetStreamEngine) async throws(EngineError) {
        guard !indices.isEmpty else { return }
        let receipts = await engine.broker.receipts(of: send(indices[..<1], on: engine))
        engine.answers.took(receipts, of: station)
        if case .failed(let fault)? = receipts.first {
            throw try await engine.stations.failure(ofAppendTo: station, fault)
        }
        first = receipts.first
    }

    /// Sends them so that each is stored right behind the one in front of it or not at all. Only
    /// the last has a receipt: if it was stored, all were. Only on streams without replicas:
    /// servers of a cluster that refused messages so may disagree on what is there once they were
    /// killed.
    private func sendFollowing(on engine: JetStreamEngine) -> SentMessages {
        let subjects = engine.naming.subjects(of: append.station, partitions: partitions)
        return engine.broker.send(receipts: indices.isEmpty ? 0 : 1, to: subjects) { sequence in
            var previous = previous
            for index in indices {
                publish(index, subjects, in: &sequence, receipt: index == indices.last) {
                    previous?.add(to: &$0)
                }
                previous = EmissionPlace(records: append.records, index: index)
            }
        }
    }

    /// Sends them with a receipt for each.
    fileprivate func sendEach(on engine: JetStreamEngine) -> SentMessages {
        send(indices.dropFirst(first == nil ? 0 : 1), on: engine)
    }

    private func send(
        _ indices: ArraySlice<Int>, on engine: JetStreamEngine
    ) -> SentMessages {
        let subjects = engine.naming.subjects(of: append.station, partitions: partitions)
        return engine.broker.send(receipts: indices.count, to: subjects) { sequence in
            for index in indices { publish(index, subjects, in: &sequence, receipt: true) { _ in } }
        }
    }

    private func publish(
        _ index: Int, _ subjects: [String], in sequence: inout PublishSequence, receipt: Bool,
        _ more: (inout HeaderFields) -> Void
    ) {
        append.records.withRecord(index) { record in
            sequence.publish(
                subjects[Int(partition(of: record))], record.payload, receipt: receipt
            ) { headers in
                EventMessage.write(record, append.records.origins, append.station, to: &headers)
                more(&headers)
            }
        }
    }

    private func partition(of record: EventRecord) -> UInt32 {
        append.partition(of: record, among: partitions)
    }

    // MARK: What became of them

    /// Takes in the receipt of the last of events that follow each other.
    ///
    /// - Returns: whether all are stored.
    fileprivate func took(
        following receipts: [PublishReceipt], on engine: JetStreamEngine
    ) async throws(EngineError) -> Bool {
        guard let receipt = receipts.last else { return true }
        switch receipt {
        case .stored(let sequence):
            var last: [UInt32: UInt64] = [:]
            for (place, index) in indices.enumerated() {
                let partition = append.records.withRecord(index) { self.partition(of: $0) }
                last[partition] = sequence - UInt64(indices.count - 1 - place)
            }
            for (partition, sequence) in last {
                engine.readers.learn(append.station, partition, sequence - 1)
            }
            return true
        case .duplicate:
            return false
        case .failed(let fault):
            guard fault.number == BrokerFault.Number.wrongLastID else {
                throw try await engine.stations.failure(ofAppendTo: append.station, fault)
            }
            engine.followers.wasInterrupted(append.station)
            return false
        }
    }

    fileprivate func took(
        _ receipts: [PublishReceipt], on engine: JetStreamEngine
    ) async throws(EngineError) -> EmissionOutcome {
        var outcome = EmissionOutcome()
        let receipts = (first.map { [$0] } ?? []) + receipts
        if !receipts.isEmpty { engine.answers.took(receipts, of: station) }
        for (index, receipt) in zip(indices, receipts) {
            switch receipt {
            case .stored(let sequence):
                let partition = append.records.withRecord(index) { self.partition(of: $0) }
                engine.readers.learn(append.station, partition, sequence - 1)
            case .duplicate(let sequence):
                // An id that was computed stands for what it was computed of.
                if append.records.withRecord(index, { $0.flags.contains(.derivedID) }) { continue }
                if case .conflict = try await engine.known(append, index, at: sequence) {
                    outcome.conflicts.insert(append.causes.isEmpty ? 0 : append.causes[index])
                } else {
                    outcome.repeated += 1
                }
            case .failed(let fault):
                throw try await engine.stations.failure(ofAppendTo: append.station, fault)
            }
        }
        return outcome
    }
}

/// Events that were sent, and what is to be known of them.
struct SentEmissions: Sendable {
    fileprivate let emissions: Emissions
    fileprivate let follow: Bool
    fileprivate let batch: SentMessages

    /// Waits for them. Those that could not follow each other, as somebody else published in
    /// between, are sent again with a receipt for each.
    func finish(on engine: JetStreamEngine) async throws(EngineError) -> EmissionOutcome {
        let receipts = await engine.broker.receipts(of: batch)
        guard follow else { return try await emissions.took(receipts, on: engine) }
        if try await emissions.took(following: receipts, on: engine) { return EmissionOutcome() }
        let again = await engine.broker.receipts(of: emissions.sendEach(on: engine))
        return try await emissions.took(again, on: engine)
    }
}

/// What came of publishing a settlement's events for one station.
struct EmissionOutcome {
    /// Numbers of events that caused emissions whose ids their station knows with other payloads.
    var conflicts: Set<Int> = []
    /// Emissions with ids that scripts gave, which are there already.
    var repeated: UInt64 = 0
}

/// An event that was sent, behind which another one is to be stored.
struct EmissionPlace: Sendable {
    let records: EventRecords
    let index: Int

    func add(to headers: inout HeaderFields) {
        records.withRecord(index) { record in
            headers.add("Nats-Expected-Last-Msg-Id") { EventMessage.writeID(of: record, to: &$0) }
        }
    }
}
