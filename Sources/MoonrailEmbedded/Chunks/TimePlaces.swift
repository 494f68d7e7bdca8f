import Synchronization

/// Where in partitions which times were found, so that the next search for a time needs few rows of
/// the disk however long the partition is.
///
/// Partition ids are never used again, so that what is here is never wrong.
final class TimePlaces: Sendable {
    /// 48 KiB each at most.
    static let partitionsMax = 128

    private let partitions = Mutex<[Int64: RowMarks]>([:])

    /// Runs one search, with what is known of the partition and a function that takes note of a row
    /// that it looked at.
    func with<Result>(
        _ partition: Int64,
        _ search: (RowMarks, (UInt64, UInt64, Int64) -> Void) throws -> Result
    ) rethrows -> Result {
        let known = partitions.withLock { $0[partition] } ?? RowMarks()
        var seen: [(first: UInt64, count: UInt64, total: Int64)] = []
        let result = try search(known) { seen.append(($0, $1, $2)) }
        partitions.withLock { partitions in
            var marks = partitions.removeValue(forKey: partition) ?? RowMarks()
            for row in seen { marks.insert(row.first, count: row.count, total: row.total) }
            // Which one makes room is left to chance: it is learned again in a few searches.
            if partitions.count == Self.partitionsMax, let any = partitions.keys.first {
                partitions[any] = nil
            }
            partitions[partition] = marks
        }
        return result
    }
}
