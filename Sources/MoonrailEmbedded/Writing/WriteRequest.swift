import MoonrailCore

/// One caller's wish to write, waiting for its turn in the next commit.
struct WriteRequest: Sendable {
    enum Work: Sendable {
        case append(PreparedAppend)
        case settle([PreparedSettlement])
        case open(StationName, StationSettings?)
        case alter(StationName, StationSettings)
        case delete(StationName)
        case arrange(PreparedArrangement, telling: [PreparedAppend])
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
        /// Whether nothing of it is left to do.
        case arranged(Bool)
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

    /// What it wants to write, for the bound on one commit.
    var size: CommitGroup.Size {
        switch work {
        case .append(let append):
            CommitGroup.Size(events: append.records.count, bytes: append.records.bytes.count)
        case .settle(let settlements):
            CommitGroup.Size(
                events: settlements.reduce(1) { events, settlement in
                    events + settlement.appends.reduce(0) { $0 + $1.records.count }
                },
                bytes: settlements.reduce(0) { bytes, settlement in
                    bytes + settlement.appends.reduce(0) { $0 + $1.records.bytes.count }
                })
        // Freed pages are hardly written, a segment's are.
        case .merge(let run):
            CommitGroup.Size(events: 1, bytes: run.segments.reduce(0) { $0 + $1.writtenBytes })
        case .open, .alter, .delete, .arrange, .claim, .remove:
            CommitGroup.Size(events: 1, bytes: 0)
        }
    }
}
