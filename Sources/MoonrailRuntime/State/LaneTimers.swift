import MoonrailCore
import Synchronization

/// The timers of a lane as its next run must see them: those that are settled, and over them what
/// runs changed whose settlements are under way.
final class LaneTimers: Sendable {
    private struct Content {
        var watermark: Watermark
        /// No timer waits for an earlier time.
        var earliest = EventTime(microseconds: .min)
        /// Whether they wait, by their keys in the index.
        var unsettled = UnsettledValues<Bool>()
    }

    /// What may fire in a run, the next one first.
    struct Selection {
        var timers: [KeyedTimer] = []
        /// Whether more may fire than these.
        var isCut = false
        /// When the first timer waits that is not among them; nil: there is none.
        fileprivate var next: EventTime?
    }

    private let lane: LaneID
    private let engine: any LaneStore
    private let content: Mutex<Content>

    /// Index entries that are read at once.
    private static let pageEntries = 512

    init(_ lane: LaneID, watermark: Watermark, engine: any LaneStore) {
        self.lane = lane
        self.engine = engine
        content = Mutex(Content(watermark: watermark))
    }

    /// No timer waits for an earlier time.
    var earliest: EventTime { content.withLock(\.earliest) }

    /// How far event time has come.
    var watermark: Watermark { content.withLock(\.watermark) }

    /// Those that are due when events up to `latest` have moved time.
    ///
    /// - Parameter keys: of so many keys at most.
    func due(latest: EventTime, keys: Int) async throws(EngineError) -> Selection {
        let (end, earliest, unsettled) = content.withLock {
            ($0.watermark.after(latest), $0.earliest, $0.unsettled)
        }
        // Mostly nothing is due, and nobody has to be asked.
        guard earliest <= end else { return Selection() }
        let selection = try await select(until: end, keys: keys, unsettled.all)
        // The run may come to nothing, so that those which are due still wait.
        let first = selection.timers.first?.timer.time ?? selection.next
        content.withLock { $0.earliest = first ?? EventTime(microseconds: .max) }
        return selection
    }

    private func select(
        until end: EventTime, keys: Int, _ unsettled: [[UInt8]: Bool]
    ) async throws(EngineError) -> Selection {
        let waiting = Self.waiting(in: unsettled, until: end)
        var selection = Selection()
        var selected: Set<[UInt8]> = []
        var nextWaiting = 0
        /// - Returns: whether the one behind it may be taken, too.
        func take(_ indexKey: [UInt8]) -> Bool {
            guard let timer = KeyedTimer(indexKey: indexKey) else { return true }
            if timer.timer.time > end {
                selection.next = timer.timer.time
                return false
            }
            if !selected.contains(timer.key) {
                selection.isCut = selected.count == keys
                if selection.isCut { return false }
                selected.insert(timer.key)
            }
            selection.timers.append(timer)
            return true
        }
        var after: [UInt8]?
        while true {
            let page = try await engine.values(
                of: lane, in: .timers, after: after, limit: Self.pageEntries)
            for entry in page where unsettled[entry.key] == nil {
                while nextWaiting < waiting.count,
                    waiting[nextWaiting].lexicographicallyPrecedes(entry.key)
                {
                    guard take(waiting[nextWaiting]) else { return selection }
                    nextWaiting += 1
                }
                guard take(entry.key) else { return selection }
            }
            guard page.count == Self.pageEntries, let last = page.last else { break }
            after = last.key
        }
        while nextWaiting < waiting.count, take(waiting[nextWaiting]) { nextWaiting += 1 }
        return selection
    }

    /// Those that wait until `end`, in the order in which they fire, and the one after them.
    private static func waiting(
        in unsettled: [[UInt8]: Bool], until end: EventTime
    ) -> [[UInt8]] {
        let bound = StateTimer.indexBound(of: end)
        var waiting: [[UInt8]] = []
        var next: [UInt8]?
        for (timer, waits) in unsettled where waits {
            if timer.prefix(bound.count).lexicographicallyPrecedes(bound)
                || timer.starts(with: bound)
            {
                waiting.append(timer)
            } else if next.map({ timer.lexicographicallyPrecedes($0) }) != false {
                next = timer
            }
        }
        waiting.sort { $0.lexicographicallyPrecedes($1) }
        return next.map { waiting + [$0] } ?? waiting
    }

    /// Takes note of what a run changed that is about to be settled.
    func changed(_ values: [LaneValueChange], run: UInt64, watermark: Watermark) {
        content.withLock { content in
            content.watermark = watermark
            for change in values where change.space == .timers && change.value != nil {
                guard let timer = KeyedTimer(indexKey: change.key) else { continue }
                content.earliest = min(content.earliest, timer.timer.time)
            }
            let changes = values.filter { $0.space == .timers }
            content.unsettled.change(changes.map { ($0.key, $0.value != nil) }, run: run)
        }
    }

    /// Runs up to this one are settled: the engine has what they changed.
    func settled(through run: UInt64) {
        content.withLock { $0.unsettled.settled(through: run) }
    }

    /// Something else than a run may have set timers, and has settled that.
    func changedElsewhere() {
        content.withLock { $0.earliest = EventTime(microseconds: .min) }
    }
}
