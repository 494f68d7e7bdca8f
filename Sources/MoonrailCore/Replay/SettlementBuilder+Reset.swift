/// Settlements that move a lane, and give its function's keys the state back that they had there.
extension SettlementBuilder {
    /// What a key had before the events that run again.
    package struct RestoredState: Hashable, Sendable {
        package var key: [UInt8]
        /// Nil: it had none.
        package var value: StateValue?
        /// What it has now.
        package var present: StateValue?

        package init(key: [UInt8], value: StateValue?, present: StateValue?) {
            self.key = key
            self.value = value
            self.present = present
        }

        /// Timers that wait for it no more, and those that do again.
        var timerChanges: [LaneValueChange] {
            let (before, after) = (present?.timers ?? [], value?.timers ?? [])
            return before.filter { !after.contains($0) }.map {
                LaneValueChange(space: .timers, key: $0.indexKey(of: key), value: nil)
            }
                + after.filter { !before.contains($0) }.map {
                    LaneValueChange(space: .timers, key: $0.indexKey(of: key), value: [1])
                }
        }
    }

    /// The settlement that moves the lane.
    ///
    /// - Parameters:
    ///   - target: where to; of the stations that it does not name the lane keeps its place.
    ///   - restoresState: whether state is to be restored before anything runs.
    ///   - watermark: how far event time had come there; nil: there was no event yet.
    ///   - parkedKeys: those that wait; they no longer do where what they wait behind runs again.
    ///   - generation: the lane's from then on; nil: the next one.
    ///   - end: where the replay is over; nil: where the lane stands.
    package func settlement(
        movingTo target: Position, outputs: ReplayOutputs, restoresState: Bool,
        watermark: EventTime? = nil, parkedKeys: [[UInt8]: InputPlace], eventsPerSecond: UInt32?,
        at time: EventTime, generation: UInt32? = nil, end: Position? = nil
    ) -> Settlement {
        let generation = generation ?? claim.generation + 1
        let to = Position(claim.position.offsets.merging(target.offsets) { $1 })
        var generations = generations ?? Generations()
        if outputs != .fill { generations.begin(generation, at: to) }
        var end = end ?? claim.position
        if let replay, replay.isUnderWay(at: end) {
            // One that was not over: what lies ahead of the lane ran before it, too.
            end.offsets.merge(replay.end.offsets) { max($0, $1) }
        }
        let replay = LaneReplay(
            outputs, from: to, to: end, isRestoring: restoresState, at: time,
            eventsPerSecond: eventsPerSecond)
        var changes = [
            LaneValueChange(space: .generations, key: [], value: generations.encoded),
            LaneValueChange(space: .replay, key: [], value: replay.encoded),
        ]
        let reached = restoresState ? watermark : self.watermark?.reached
        if restoresState {
            let encoded = Watermark(lateness: .zero, reached: reached).encoded
            changes.append(LaneValueChange(space: .watermark, key: [], value: encoded))
        }
        if restoresState, to.isBeginning {
            // Whatever it took before, state is rebuilt from what it reads now.
            changes.append(LaneValueChange(space: .swappedInputs, key: [], value: nil))
        }
        for (key, place) in parkedKeys where place.offset >= to[place.station] {
            changes.append(LaneValueChange(space: .parkedKeys, key: key, value: nil))
        }
        var journal = JournalRecord(
            version: version, taken: [], reset: .init(generation: generation, position: to))
        journal.watermark = reached
        return Settlement(
            claim: claim, from: claim.position, to: to, appends: [], changes: changes,
            journal: journal, generation: generation)
    }

    /// A settlement that gives keys their state back. To be repeated until all have it; the last
    /// one lets the lane run.
    package mutating func settlement(
        restoring states: [RestoredState], isLast: Bool, at time: EventTime
    ) -> Settlement {
        var append = StationAppend(station: .stateChanges(of: claim.lane.function))
        var changes: [LaneValueChange] = []
        var gained: Int64 = 0
        // The place that the lane was moved to; of several inputs any may stand for it.
        let place = claim.position.offsets.min { $0.key < $1.key }
        for state in states {
            gained += (state.value == nil ? 0 : 1) - (state.present == nil ? 0 : 1)
            changes.append(
                LaneValueChange(space: .state, key: state.key, value: state.value?.encoded))
            changes += state.timerChanges
            guard let place else { continue }
            let origin = Origin(
                function: claim.lane.function, version: version, generation: claim.generation,
                station: place.key, partition: claim.lane.partition)
            append.records.append(
                StateEvents.event(state.key, state.value, at: time),
                cause: Cause(
                    origin: origin, offset: place.value, emission: StateValue.restoredEmission,
                    causationID: nil, correlationID: nil))
        }
        changes += count(keysGained: gained)
        if isLast, var replay {
            replay.isRestoring = false
            self.replay = replay
            changes.append(LaneValueChange(space: .replay, key: [], value: replay.encoded))
        }
        return Settlement(
            claim: claim, from: claim.position, to: claim.position,
            appends: append.records.isEmpty ? [] : [append], changes: changes,
            journal: JournalRecord(version: version, taken: []))
    }
}
