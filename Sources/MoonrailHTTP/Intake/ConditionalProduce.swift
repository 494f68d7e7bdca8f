import MoonrailCore

/// Appends a whole body when what is expected holds, and otherwise nothing of it.
struct ConditionalProduce {
    let station: StationName
    let expected: ExpectationQuery
    let engine: any StationEngine

    /// A line that can't be taken leaves all others unstored; the answer names it.
    ///
    /// - Throws: `Problem` when the expectation does not hold, or the body is too large for one
    ///   commit or empty.
    func append(_ stream: inout IntakeStream, _ intake: inout EventIntake) async throws {
        try await stream.fillWhole()
        let slice = intake.nextSlice(of: &stream.body)
        let hasMore = intake.nextSlice(of: &stream.body) != nil || intake.isCutOff
        guard intake.answer.rejected == 0 else { return }
        guard let slice else {
            throw Problem.badRequest("there is no event; an expectation needs one to append")
        }
        guard !hasMore else { throw Self.tooLarge }
        intake.note(try await append(slice.records), of: slice)
    }

    /// Appends all events or, when what is expected does not hold, none.
    ///
    /// - Throws: as `append(_:_:)`.
    func append(_ records: EventRecords) async throws -> [AppendReceipt] {
        let count = records.count
        guard count <= IntakeBounds.conditionalEvents,
            count == 1 || records.bytes.count <= IntakeBounds.conditionalBytes
        else { throw Self.tooLarge }
        let partition = try await expectedPartition()
        let receipts = try await engine.append(
            StationAppend(
                station: station, records: records, unkeyedPartition: partition,
                expectation: expected.key.map { .lastOfKey($0, offset: expected.last) }
                    ?? .lastOfPartition(partition, offset: expected.last)))
        for case .unexpected(let partition, let actual) in receipts {
            throw problem(partition: partition, actual: actual)
        }
        return receipts
    }

    /// The partition that the expectation is about, where events without a key go too.
    private func expectedPartition() async throws -> UInt32 {
        let count = UInt32(try await engine.describe(station).partitions.count)
        if let key = expected.key {
            return key.withUnsafeBytes { Partitioner.partition(ofKey: $0, partitions: count) }
        }
        if let partition = expected.partition {
            guard partition < count else {
                throw EngineError.partitionNotFound(station, partition: partition, count: count)
            }
            return partition
        }
        guard count == 1 else {
            throw Problem.badRequest(
                "station '\(station)' has \(count) partitions; say whose last event is meant with "
                    + "expect_key=KEY or partition=N")
        }
        return 0
    }

    private func problem(partition: UInt32, actual: UInt64?) -> Problem {
        let subject =
            expected.key.map { "key '\(String(decoding: $0, as: UTF8.self))'" }
            ?? "partition \(partition)"
        let found = actual.map { "has its last event at offset \($0)" } ?? "has no event"
        let wanted = expected.last.map { "offset \($0)" } ?? "none"
        return .unexpected(
            "\(subject) of station '\(station)' \(found), expected was \(wanted); nothing was "
                + "appended", partition: partition, actual: actual)
    }

    private static let tooLarge = Problem.tooLarge(
        "an append with an expectation is one commit of at most "
            + "\(IntakeBounds.conditionalEvents) events and \(IntakeBounds.conditionalBytes) "
            + "bytes; send fewer events", limit: IntakeBounds.conditionalEvents)
}
