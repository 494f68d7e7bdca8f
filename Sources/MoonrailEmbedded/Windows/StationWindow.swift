import MoonrailCore

/// The window of one station, with what the running transaction gave to it.
///
/// What it knows is a function of what is stored and of the time, so that one that is rebuilt
/// after a start knows the same: an id is known while fewer than `ids` were given after it, its
/// event was appended no earlier than the horizon of the reach's age, and retention has removed
/// nothing that came later. What is committed is evicted by what is committed; the clock, which
/// may step back, only hides.
struct StationWindow: Sendable {
    private var known: DuplicateWindow
    private var times: WindowTimes
    /// Ids of events of the running transaction; their numbers mean nothing yet.
    private var added = DuplicateWindow(next: 0)
    /// Number of the first id that counts in the running transaction.
    private var first = 0

    init(known: DuplicateWindow, times: WindowTimes) {
        self.known = known
        self.times = times
    }

    /// Prepares for look-ups at `now`.
    mutating func prepare(_ station: StationState, now: Int64) {
        first = max(station.firstWindowID, times.first(at: max(now, station.appendedMax)))
    }

    /// The entry of an id that counts; changes nothing (see `DuplicateWindows.receipt`).
    mutating func find(_ id: NameHash) -> DuplicateWindow.Entry? {
        if let entry = added.find(id)?.entry { return entry }
        guard let (number, entry) = known.find(id), number >= first else { return nil }
        return entry
    }

    mutating func add(_ entry: DuplicateWindow.Entry) {
        added.append(entry)
    }

    /// The transaction is on disk and left the station so.
    ///
    /// - Returns: false when the station numbered ids that the window was not told of.
    mutating func commit(_ station: StationState) -> Bool {
        // As the chunks were numbered: partition by partition.
        known.append(contentsOf: added.entries.sorted { $0.place < $1.place })
        // The next commit will be about as large.
        added = DuplicateWindow(next: 0, capacity: added.count)
        times.add(station.appendedMax, end: known.next)
        evict(station)
        return known.next == Int(station.idsTotal)
    }

    /// The transaction was not written.
    mutating func rollBack() {
        added.removeAll()
    }

    private mutating func evict(_ station: StationState) {
        let first = max(station.firstWindowID, times.first(at: station.appendedMax))
        known.removeAll(before: first)
        times.removeAll(before: first)
    }
}
