import MoonrailCore
import Synchronization

/// The chunks that were written or read last, decoded, for all lanes together: of many functions
/// that read one station, the first reads the disk and the others share its events.
///
/// Events are never altered and partition ids never used again, so that what is here is never
/// wrong. Whether it is still held, and how far it may be read, is for the committed state to say:
/// a reader asks only for offsets inside it.
///
/// Two generations instead of a list in the order of use: what is found in the older one moves to
/// the younger; when the younger is full it becomes the older, and the older is dropped. Readers
/// only move forward, so that a chunk is wanted again soon after it came or not at all.
package final class ChunkCache: Sendable {
    /// Memory of both generations together: with 150 KiB a chunk, room for fifty, so that functions
    /// may be some 25,000 events apart and still read each chunk once.
    package static let bytesMax = 8 << 20

    private struct State {
        var young = ChunkGeneration()
        var old = ChunkGeneration()
        /// Those who wait for another's reading, by where it starts.
        var readings: [Place: [CheckedContinuation<Void, Never>]] = [:]
    }

    /// An offset of a partition.
    private struct Place: Hashable {
        let partition: Int64
        let offset: UInt64
    }

    private let state = Mutex(State())
    private let generationBytes: Int

    /// - Parameter bytes: memory to use; 0 keeps nothing.
    package init(bytes: Int = bytesMax) {
        generationBytes = bytes / 2
    }

    /// The chunk of a partition that holds `offset`.
    package func chunk(partition: Int64, holding offset: UInt64) -> StoredChunk? {
        state.withLock { state in
            if let found = state.young.chunk(partition, holding: offset) { return found }
            guard let found = state.old.chunk(partition, holding: offset) else { return nil }
            insert(found, partition, &state)
            return found
        }
    }

    /// Keeps a chunk that is on disk.
    package func insert(_ chunk: StoredChunk, partition: Int64) {
        state.withLock { insert(chunk, partition, &$0) }
    }

    /// Runs `body`, which reads from the disk from `offset` on and inserts what it finds; or waits
    /// while somebody else does just that, and answers nil: what is wanted is here then, or will be
    /// read by whoever asks next.
    func reading<Value: Sendable>(
        partition: Int64, from offset: UInt64,
        _ body: () async throws(EngineError) -> Value
    ) async throws(EngineError) -> Value? {
        let place = Place(partition: partition, offset: offset)
        guard generationBytes > 0 else { return try await body() }
        let isFirst = state.withLock { state in
            if state.readings[place] != nil { return false }
            state.readings[place] = []
            return true
        }
        guard isFirst else {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    state.readings[place]?.append(continuation)
                    return state.readings[place] == nil
                }
                if isOver { continuation.resume() }
            }
            return nil
        }
        defer {
            let waiting = state.withLock { $0.readings.removeValue(forKey: place) } ?? []
            for continuation in waiting { continuation.resume() }
        }
        return try await body()
    }

    /// Lets go of partitions that were deleted; what retention removes grows old by itself.
    package func remove(partitions: [Int64]) {
        state.withLock { state in
            for partition in partitions {
                state.young.remove(partition)
                state.old.remove(partition)
            }
        }
    }

    private func insert(_ chunk: StoredChunk, _ partition: Int64, _ state: inout State) {
        guard chunk.cost <= generationBytes else { return }
        if state.young.cost + chunk.cost > generationBytes {
            state.old = state.young
            state.young = ChunkGeneration()
        }
        state.young.insert(chunk, partition)
    }
}

/// Chunks by partition and offset.
private struct ChunkGeneration {
    /// In the order of their offsets. A merged chunk may stand beside parts of itself.
    private var partitions: [Int64: [StoredChunk]] = [:]
    private(set) var cost = 0

    func chunk(_ partition: Int64, holding offset: UInt64) -> StoredChunk? {
        guard let chunks = partitions[partition] else { return nil }
        let number = chunks.place { $0.first > offset } - 1
        guard number >= 0, chunks[number].end > offset else { return nil }
        return chunks[number]
    }

    /// Adds a chunk in place of those that it covers.
    mutating func insert(_ chunk: StoredChunk, _ partition: Int64) {
        cost += chunk.cost - partitions[partition, default: []].insert(chunk)
    }

    mutating func remove(_ partition: Int64) {
        let chunks = partitions.removeValue(forKey: partition) ?? []
        cost -= chunks.reduce(0) { $0 + $1.cost }
    }
}

extension [StoredChunk] {
    /// Puts a chunk in its place, and answers with the cost of those that it replaced.
    fileprivate mutating func insert(_ chunk: StoredChunk) -> Int {
        let start = place { $0.first >= chunk.first }
        let covered = self[start...].prefix { $0.end <= chunk.end }.indices
        let cost = self[covered].reduce(0) { $0 + $1.cost }
        replaceSubrange(covered, with: CollectionOfOne(chunk))
        return cost
    }

    /// Where the first chunk stands for which `isAfter` is true, as it is for all behind it.
    fileprivate func place(where isAfter: (StoredChunk) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
