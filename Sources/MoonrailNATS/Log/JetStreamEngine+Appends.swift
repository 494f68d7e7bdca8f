import MoonrailCore

extension JetStreamEngine: StationLog {
    package func append(_ append: StationAppend) async throws(EngineError) -> [AppendReceipt] {
        let station = try await stations.station(append.station)
        var pending = PendingAppend(append, to: station, of: self)
        if let expectation = append.expectation {
            try await pending.meet(expectation)
        }
        return try await pending.publishRest()
    }
}

/// An append under way: the receipts that its events have so far.
struct PendingAppend: Sendable {
    private let append: StationAppend
    private let station: KnownStation
    private let engine: JetStreamEngine
    /// The partition of each event.
    private let partitions: [UInt32]
    private var receipts: [AppendReceipt?]

    /// How often it is looked anew what is last, when others come first.
    private static let attempts = 200

    init(_ append: StationAppend, to station: KnownStation, of engine: JetStreamEngine) {
        self.append = append
        self.station = station
        self.engine = engine
        let limit = engine.eventBytesMaximum
        var partitions: [UInt32] = []
        var receipts: [AppendReceipt?] = []
        partitions.reserveCapacity(append.records.count)
        receipts.reserveCapacity(append.records.count)
        append.records.forEachRecord { _, record in
            partitions.append(append.partition(of: record, among: station.partitions))
            receipts.append(record.payload.count > limit ? .tooLarge(limit: limit) : nil)
        }
        self.partitions = partitions
        self.receipts = receipts
    }

    /// Publishes what has no receipt yet, one behind the other, and answers with all receipts.
    mutating func publishRest() async throws(EngineError) -> [AppendReceipt] {
        try await publish(receipts.indices.filter { receipts[$0] == nil }, behind: nil)
        return receipts.map { $0 ?? .unexpected(partition: 0, actual: nil) }
    }

    /// Publishes events until one of them was stored where the expectation holds: the rest follow
    /// it. Where it does not hold, events that are there already are told to be, and the rest
    /// refused.
    mutating func meet(_ expectation: AppendExpectation) async throws(EngineError) {
        let partition = try partition(of: expectation)
        for _ in 0..<Self.attempts {
            let standing = try await engine.standing(expectation, station, partition)
            guard standing.actual == Self.expected(expectation) else {
                return try await refuse(partition, standing.actual, expectation)
            }
            if try await publishFirst(behind: standing.mark) { return }
        }
        throw .unavailable(
            "station '\(append.station)' is written to so often that what its last event is can't "
                + "be relied on; give what is expected about stations of its own")
    }

    /// - Returns: whether one was stored, or all are there already.
    private mutating func publishFirst(
        behind mark: SequenceMark
    ) async throws(EngineError) -> Bool {
        for index in receipts.indices where receipts[index] == nil {
            try await publish([index], behind: mark)
            switch receipts[index] {
            case .stored?: return true
            case .duplicate?, .conflict?, .tooLarge?: continue
            case .unexpected?, nil:
                // Somebody else came first: it is looked at anew.
                receipts[index] = nil
                return false
            }
        }
        return true
    }

    /// Tells of events that they are there already, if they came after what is expected, and of the
    /// rest what is last instead.
    private mutating func refuse(
        _ partition: UInt32, _ actual: UInt64?, _ expectation: AppendExpectation
    ) async throws(EngineError) {
        var wanted: [NameHash: Int] = [:]
        append.records.forEachRecord { index, record in
            if receipts[index] == nil, !record.idField.isEmpty {
                wanted[NameHash(record.idField)] = index
            }
        }
        if !wanted.isEmpty {
            let first = Self.expected(expectation).map { $0 + 1 } ?? 0
            for number in 0..<station.partitions {
                try await find(wanted, from: first, in: number)
            }
        }
        for index in receipts.indices where receipts[index] == nil {
            receipts[index] = .unexpected(partition: partition, actual: actual)
        }
    }

    /// Gives receipts to those events whose ids a partition has from an offset on.
    private mutating func find(
        _ wanted: [NameHash: Int], from first: UInt64, in partition: UInt32
    ) async throws(EngineError) {
        _ = try await engine.lastOffset(of: station, partition)
        var cursor = StationCursor(
            station: append.station, partition: partition, offset: first)
        while true {
            let part = try await engine.read(cursor, bounds: ReadBounds())
            guard let last = part.offsets.last else { return }
            part.records.forEachRecord { place, record in
                guard let index = wanted[NameHash(record.idField)] else { return }
                let isSame = append.records.withRecord(index) {
                    $0.payload.elementsEqual(record.payload)
                }
                let offset = part.offsets[place]
                receipts[index] =
                    isSame
                    ? .duplicate(partition: partition, offset: offset)
                    : .conflict(partition: partition, offset: offset)
            }
            cursor.offset = last + 1
        }
    }

    private static func expected(_ expectation: AppendExpectation) -> UInt64? {
        switch expectation {
        case .lastOfPartition(_, let offset), .lastOfKey(_, let offset): offset
        }
    }

    private func partition(of expectation: AppendExpectation) throws(EngineError) -> UInt32 {
        switch expectation {
        case .lastOfPartition(let number, _):
            guard number < station.partitions else {
                throw .partitionNotFound(
                    append.station, partition: number, count: station.partitions)
            }
            return number
        case .lastOfKey(let key, _):
            return key.withUnsafeBytes {
                Partitioner.partition(ofKey: $0, partitions: station.partitions)
            }
        }
    }

    /// Publishes these events and takes in their receipts.
    ///
    /// - Parameter mark: what must be last where they are stored.
    private mutating func publish(
        _ indices: [Int], behind mark: SequenceMark?
    ) async throws(EngineError) {
        guard let first = indices.first else { return }
        guard indices.count > 1, !engine.answers.isRecent(append.station) else {
            return try await send(indices, behind: mark)
        }
        try await send([first], behind: mark)
        try await send(Array(indices.dropFirst()), behind: mark)
    }

    private mutating func send(
        _ indices: [Int], behind mark: SequenceMark?
    ) async throws(EngineError) {
        let (append, naming, partitions) = (append, engine.naming, partitions)
        let subjects = naming.subjects(of: append.station, partitions: station.partitions)
        let answers = await engine.broker.publish(count: indices.count, to: subjects) { sequence in
            for index in indices {
                append.records.withRecord(index) { record in
                    let subject = subjects[Int(partitions[index])]
                    sequence.publish(subject, record.payload) { headers in
                        EventMessage.write(
                            record, append.records.origins, append.station,
                            isRecognised: !append.isCopy, to: &headers)
                        mark?.add(to: &headers)
                    }
                }
            }
        }
        engine.answers.took(answers, of: append.station)
        for (index, answer) in zip(indices, answers) {
            receipts[index] = try await receipt(of: index, answer)
        }
    }

    private func receipt(
        of index: Int, _ answer: PublishReceipt
    ) async throws(EngineError) -> AppendReceipt {
        let partition = partitions[index]
        switch answer {
        case .stored(let sequence):
            engine.readers.learn(append.station, partition, sequence - 1)
            return .stored(partition: partition, offset: sequence - 1)
        case .duplicate(let sequence):
            return try await engine.known(append, index, at: sequence)
        case .failed(let fault):
            if fault.number == BrokerFault.Number.wrongLastSequence {
                return .unexpected(partition: partition, actual: nil)
            }
            throw try await engine.stations.failure(ofAppendTo: append.station, fault)
        }
    }
}

extension JetStreamEngine {
    /// What an event is to one of its id that its station has: a duplicate, or a conflict.
    func known(
        _ append: StationAppend, _ index: Int, at sequence: UInt64
    ) async throws(EngineError) -> AppendReceipt {
        let stored: StreamMessage?
        do throws(BrokerFault) {
            stored = try await jetStream.message(naming.stream(of: append.station), .at(sequence))
        } catch {
            throw stations.failure(error, append.station, "reading station '\(append.station)'")
        }
        // Retention has removed it: its id is all that is known of it.
        let offset = sequence - 1
        guard let stored else { return .duplicate(partition: 0, offset: offset) }
        let partition = naming.partition(of: append.station, subject: stored.subject) ?? 0
        readers.learn(append.station, partition, offset)
        let isSame = append.records.withRecord(index) { $0.payload.elementsEqual(stored.payload) }
        return isSame
            ? .duplicate(partition: partition, offset: offset)
            : .conflict(partition: partition, offset: offset)
    }

    /// What an expectation is about, as it stands now.
    fileprivate func standing(
        _ expectation: AppendExpectation, _ station: KnownStation, _ partition: UInt32
    ) async throws(EngineError) -> Standing {
        let isReplicated = station.configuration.num_replicas > 1
        // Before the partition is looked at: what comes in between moves the stream on.
        let stream = isReplicated ? try await stations.look(station.name).state.last_seq : 0
        let last = try await lastOffset(of: station, partition)
        let mark: SequenceMark =
            isReplicated ? .stream(stream) : .subject(last.map { $0 + 1 } ?? 0)
        guard let last, case .lastOfKey(let key, _) = expectation else {
            return Standing(mark: mark, actual: last)
        }
        var known = keys.known(station.name, partition)
        while known.next <= last {
            let part = try await read(
                StationCursor(station: station.name, partition: partition, offset: known.next),
                bounds: ReadBounds())
            guard let end = part.offsets.last else {
                throw .unavailable(
                    "the end of station '\(station.name)', partition \(partition), can't be read")
            }
            part.records.forEachRecord { index, record in
                if let key = record.key { known.offsets[NameHash(key)] = part.offsets[index] }
            }
            known.next = end + 1
        }
        keys.keep(known, station.name, partition)
        let offset = key.withUnsafeBytes { known.offsets[NameHash($0)] }
        guard let offset else { return Standing(mark: mark, actual: nil) }
        let first = try await firstOffset(of: station, partition)
        return Standing(mark: mark, actual: first.map { offset >= $0 } == true ? offset : nil)
    }

    /// The last offset of a partition, which readers then wait for; nil when it has none.
    func lastOffset(
        of station: KnownStation, _ partition: UInt32
    ) async throws(EngineError) -> UInt64? {
        let subject = naming.subject(of: station.name, partition)
        let last = try await offset(of: station, .last(subject: subject))
        if let last { readers.learn(station.name, partition, last) }
        return last
    }

    private func firstOffset(
        of station: KnownStation, _ partition: UInt32
    ) async throws(EngineError) -> UInt64? {
        let subject = naming.subject(of: station.name, partition)
        return try await offset(of: station, .next(subject: subject, from: 1))
    }

    private func offset(
        of station: KnownStation, _ which: WhichMessage
    ) async throws(EngineError) -> UInt64? {
        do throws(BrokerFault) {
            return try await jetStream.message(naming.stream(of: station.name), which)
                .map { $0.sequence - 1 }
        } catch {
            throw stations.failure(error, station.name, "reading station '\(station.name)'")
        }
    }
}

/// What is last where something is expected.
private struct Standing {
    let mark: SequenceMark
    let actual: UInt64?
}

/// The sequence number that the last message must have, or the broker stores nothing.
enum SequenceMark: Sendable {
    /// Of the message's own subject. On a stream with replicas nats-server 2.9 lets several
    /// messages pass that expect the same.
    case subject(UInt64)
    /// Of the whole stream.
    case stream(UInt64)

    func add(to headers: inout HeaderFields) {
        switch self {
        case .subject(let sequence):
            headers.add("Nats-Expected-Last-Subject-Sequence") { $0.put(sequence) }
        case .stream(let sequence):
            headers.add("Nats-Expected-Last-Sequence") { $0.put(sequence) }
        }
    }
}
