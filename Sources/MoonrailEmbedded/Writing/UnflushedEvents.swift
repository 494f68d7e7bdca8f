import MoonrailCore
import Synchronization

/// The events of the commit that is being flushed, for lanes to run ahead with.
///
/// A flush takes longer than a function does: a lane that begins with an event when it is written,
/// and not when it is on disk, has its settlement ready for the very next commit. Nothing can come
/// of events that are lost after all, as the writer takes one commit after the other: it knows
/// how this one ended before it looks at any settlement that follows from it.
final class UnflushedEvents: Sendable {
    private struct State {
        var chunks: [Int64: [StoredChunk]] = [:]
        var wasRead = false
    }

    private let state = Mutex(State())

    /// Shows the chunks of a commit, each with its partition, until they are taken back.
    func show(_ chunks: [(partition: Int64, chunk: StoredChunk)]) {
        state.withLock { state in
            for (partition, chunk) in chunks {
                state.chunks[partition, default: []].append(chunk)
            }
        }
    }

    /// Ends the showing: the commit is on disk, or failed.
    ///
    /// - Returns: whether anybody read of it.
    func takeBack() -> Bool {
        state.withLock { state in
            defer { state = State() }
            return state.wasRead
        }
    }

    /// The chunk of a partition that holds `offset`.
    func chunk(partition: Int64, holding offset: UInt64) -> StoredChunk? {
        state.withLock { state in
            let chunk = state.chunks[partition]?.first { $0.first <= offset && offset < $0.end }
            if chunk != nil { state.wasRead = true }
            return chunk
        }
    }

    /// The offset after the last event of a partition that is shown; nil when none is.
    func end(partition: Int64) -> UInt64? {
        state.withLock { $0.chunks[partition]?.last?.end }
    }
}
