import GRDB
import MoonrailCore

/// Appends that expect something to be so.
extension Transaction {
    /// The receipts of an append whose expectation does not hold, of which nothing is stored; nil
    /// when it holds or nothing is expected.
    mutating func refusal(
        of prepared: PreparedAppend, _ memory: inout AppendMemory
    ) throws -> [AppendReceipt]? {
        let append = prepared.append
        guard let expectation = append.expectation else { return nil }
        let station = try prepare(prepared, &memory)
        let unexpected: AppendReceipt
        switch expectation {
        case .lastOfPartition(let number, let expected):
            guard number < station.partitions.count else {
                throw EngineError.partitionNotFound(
                    append.station, partition: number, count: UInt32(station.partitions.count))
            }
            let next = station.partitions[Int(number)].next
            let last = next == 0 ? nil : next - 1
            if last == expected { return nil }
            unexpected = .unexpected(partition: number, actual: last)
        case .lastOfKey(let key, let expected):
            let number = key.withUnsafeBytes {
                Partitioner.partition(ofKey: $0, partitions: UInt32(station.partitions.count))
            }
            let last = try lastOffset(of: key, append.station, station, number, &memory)
            if last == expected { return nil }
            unexpected = .unexpected(partition: number, actual: last)
        }
        var receipts: [AppendReceipt] = []
        append.records.forEachRecord { _, record in
            let limit = Bounds.eventBytesMaximum
            receipts.append(
                record.payload.count > limit
                    ? .tooLarge(limit: limit)
                    : memory.windows.receipt(record, station: station.id) ?? unexpected)
        }
        return receipts
    }

    /// The offset of the latest event held of a key in its partition.
    private func lastOffset(
        of key: [UInt8], _ name: StationName, _ station: StationState, _ number: UInt32,
        _ memory: inout AppendMemory
    ) throws -> UInt64? {
        let partition = station.partitions[Int(number)]
        let hash = key.withUnsafeBytes { NameHash($0) }
        let last = try memory.withLastOffsets(
            of: partition.id,
            initial: try lastOffsets(to: number, of: name, partitions: station.partitions.count)
        ) { known in
            try known.find(hash)
                ?? search(for: key, &known) { before in
                    guard before > partition.earliest else { return nil }
                    return try ChunkReader(partition: partition.id).lastChunk(
                        database, before: before, of: name, partition: number)
                }
        }
        return last.flatMap { $0 >= partition.earliest ? $0 : nil }
    }

    /// What is known of a partition's keys at first: what this transaction appended.
    private func lastOffsets(
        to number: UInt32, of name: StationName, partitions: Int
    ) throws -> LastOffsets {
        let appended = try appended(to: number, of: name)
        var offsets = LastOffsets(
            next: appended.first, capacity: LastOffsets.keysLearned / partitions)
        var next = appended.first
        for chunk in appended.chunks {
            chunk.forEachRecord { index, record in
                guard let key = record.key else { return }
                offsets.add(NameHash(key), at: next + UInt64(index))
            }
            next += UInt64(chunk.count)
        }
        return offsets
    }

    /// Looks for a key's latest event among those not known yet, chunk by chunk from the latest on,
    /// and learns what it passes.
    private func search(
        for key: [UInt8], _ known: inout LastOffsets,
        lastChunk: (_ before: UInt64) throws -> (first: UInt64, records: EventRecords)?
    ) throws -> UInt64? {
        var before = known.knownFrom
        while let chunk = try lastChunk(before) {
            let end = min(chunk.records.count, Int(before - chunk.first))
            let found = (0..<end).last { index in
                chunk.records.withRecord(index) { $0.key?.elementsEqual(key) == true }
            }
            known.learn(chunk.records, first: chunk.first)
            if let found { return chunk.first + UInt64(found) }
            before = chunk.first
        }
        return nil
    }
}
