import MoonrailCore

/// One caller's wish to write, waiting for its turn in the next commit.
struct WriteRequest: Sendable {
    enum Work: Sendable {
        case append(PreparedAppend)
        case settle([PreparedSettlement])
        case open(StationName, StationSettings?)
        case alter(StationName, StationSettings)
        case delete(StationName)
        case claim(LaneID, inputs: [StationName], start: LaneStart)
        case remove(RetentionPlan)
        case merge(SegmentRun)
    }

    enum Answer: Sendable {
        case appended([AppendReceipt])
        case settled
        case opened(StationSettings)
        case altered
        case deleted
        case claimed(LaneClaim)
        /// What housekeeping wanted was done, or no longer fits what is stored; and when the
        /// writer began with it.
        case kept(Bool, since: ContinuousClock.Instant)
    }

    let work: Work
    /// Called exactly once, when the work is on disk or certainly is not.
    let answer: @Sendable (Result<Answer, EngineError>) -> Void

    /// Whether it moves a lane.
    var settles: Bool {
        if case .settle = work { true } else { false }
    }

    /// Events it wants to write, for the bound on one commit.
    var events: Int {
        switch work {
        case .append(let append): append.records.count
        case .settle(let settlements):
            settlements.reduce(1) { $0 + $1.appends.reduce(0) { $0 + $1.records.count } }
        case .open, .alter, .delete, .claim, .remove, .merge: 1
        }
    }

    var bytes: Int {
        switch work {
        case .append(let append): append.records.bytes.count
        case .settle(let settlements):
            settlements.reduce(0) { $0 + $1.appends.reduce(0) { $0 + $1.records.bytes.count } }
        // Freed pages are hardly written, a segment's are.
        case .merge(let run): run.segments.reduce(0) { $0 + $1.writtenBytes }
        case .open, .alter, .delete, .claim, .remove: 0
        }
    }
}
