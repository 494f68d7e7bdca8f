import MoonrailCore
import Synchronization

/// Those who wait for events, woken by the commits that bring them.
final class Waiters: Sendable {
    /// What a commit changed in one station.
    struct News {
        let station: StationName
        /// Those that have new events; nil when the station itself came or went.
        let partitions: [UInt32]?
    }

    private struct Waiter {
        let cursors: [StationCursor]
        let readsAhead: Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var nextID: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        var byStation: [StationName: [UInt32: Set<UInt64>]] = [:]
        /// Waiters that were cancelled before they came to wait.
        var cancelled: Set<UInt64> = []

        mutating func remove(_ id: UInt64) -> Waiter? {
            guard let waiter = waiters.removeValue(forKey: id) else { return nil }
            for cursor in waiter.cursors {
                byStation[cursor.station]?[cursor.partition]?.remove(id)
                if byStation[cursor.station]?[cursor.partition]?.isEmpty == true {
                    byStation[cursor.station]?[cursor.partition] = nil
                }
                if byStation[cursor.station]?.isEmpty == true { byStation[cursor.station] = nil }
            }
            return waiter
        }

        func ids(_ news: News) -> [UInt64] {
            guard let station = byStation[news.station] else { return [] }
            guard let partitions = news.partitions else { return station.values.flatMap(\.self) }
            return partitions.flatMap { station[$0] ?? [] }
        }
    }

    private let state = Mutex(State())

    /// Waits until one of the cursors has an event, or its station is gone, or the task is
    /// cancelled.
    ///
    /// - Parameters:
    ///   - readsAhead: whether an event counts that is not yet on disk.
    ///   - isReady: asked again after the waiter is known, so that no commit in between is missed.
    func wait(
        for cursors: [StationCursor], readsAhead: Bool = false, isReady: @Sendable () -> Bool
    ) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let cancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.waiters[id] = Waiter(
                        cursors: cursors, readsAhead: readsAhead, continuation: continuation)
                    for cursor in cursors {
                        state.byStation[cursor.station, default: [:]][
                            cursor.partition, default: []
                        ].insert(id)
                    }
                    return false
                }
                if cancelled { return continuation.resume() }
                if isReady() { resume(id) }
            }
        } onCancel: {
            let known = state.withLock { state in
                if state.waiters[id] != nil { return true }
                state.cancelled.insert(id)
                return false
            }
            if known { resume(id) }
        }
        state.withLock { state in _ = state.cancelled.remove(id) }
    }

    /// Wakes those who wait for what is new, if `isReady` answers true for their cursors. When a
    /// station came or went they are woken in any case: their offsets may mean nothing now.
    ///
    /// - Parameter onlyAhead: whether what is new is not yet on disk.
    func wake(_ news: [News], onlyAhead: Bool = false, isReady: ([StationCursor]) -> Bool) {
        for one in news {
            let concerned = state.withLock { state in
                state.ids(one).compactMap { id in state.waiters[id].map { (id, $0) } }
                    .filter { $0.1.readsAhead || !onlyAhead }.map { ($0.0, $0.1.cursors) }
            }
            for (id, cursors) in concerned where one.partitions == nil || isReady(cursors) {
                resume(id)
            }
        }
    }

    private func resume(_ id: UInt64) {
        state.withLock { $0.remove(id) }?.continuation.resume()
    }
}

extension StoreState {
    /// Whether reading one of the cursors would not come back empty.
    func isReady(_ cursors: [StationCursor]) -> Bool {
        cursors.contains { cursor in
            // A station that is gone is for the reader to report.
            guard let partition = try? partition(cursor.partition, of: cursor.station) else {
                return true
            }
            // What retention removed is no reason to read.
            return partition.next > max(cursor.offset, partition.earliest)
        }
    }
}
