import Foundation
import GRDB
import MoonrailCore

/// Claims and settlements.
extension Transaction {
    mutating func claim(
        _ id: LaneID, _ inputs: [StationName], _ start: LaneStart
    ) throws -> LaneClaim {
        // All inputs are looked up before anything is written.
        var beginnings: [StationName: UInt64] = [:]
        for name in inputs {
            let station = try station(name)
            guard id.partition < station.partitions.count else {
                throw EngineError.partitionNotFound(
                    name, partition: id.partition, count: UInt32(station.partitions.count))
            }
            let partition = station.partitions[Int(id.partition)]
            beginnings[name] = start == .earliest ? partition.earliest : partition.next
        }
        var lane = try lane(id) ?? create(id)
        lane.fence += 1
        try database.cachedStatement(sql: "UPDATE lane SET fence = ? WHERE id = ?")
            .execute(arguments: [Int64(lane.fence), lane.id])
        for (name, beginning) in beginnings where lane.position.offsets[name] == nil {
            lane.position[name] = beginning
            try save(beginning, of: name, lane)
        }
        lane.inputs = Set(inputs)
        lane.withdrawals = withdrawals
        change(id, lane)
        return LaneClaim(
            lane: id, fence: lane.fence, generation: lane.generation, position: lane.readPosition)
    }

    private func create(_ id: LaneID) throws -> LaneState {
        try database.execute(
            sql: "INSERT INTO lane (function, partition) VALUES (?, ?)",
            arguments: [id.function.text, Int64(id.partition)])
        return LaneState(
            id: database.lastInsertedRowID, generation: 0, fence: 0, sequence: 0,
            position: Position(), counts: LaneCounts())
    }

    /// Forgets how far lanes have come in a station that is deleted: one that is made later under
    /// its name is another station, to be read from its start.
    mutating func forgetPositions(in station: StationName) throws {
        try database.execute(
            sql: "DELETE FROM lane_position WHERE station = ?", arguments: [station.text])
        for (id, var lane) in lanes where lane.position.offsets[station] != nil {
            lane.position.offsets[station] = nil
            change(id, lane)
        }
    }

    mutating func settle(
        _ settlements: [PreparedSettlement], _ memory: inout AppendMemory
    ) throws {
        guard let id = settlements.first?.settlement.claim.lane else { return }
        guard var lane = lane(id) else { throw EngineError.claimLost(id) }
        try check(settlements, of: id, lane, &memory)
        let before = lane.position
        for prepared in settlements {
            let settlement = prepared.settlement
            lane.counts += settlement.counts
            for run in settlement.journal.taken {
                // Offsets have no gaps here but those that retention made.
                lane.counts.missed += run.first - min(lane.position[run.station], run.first)
            }
            for append in prepared.appends {
                try add(append, &memory) { receipt in
                    // Its id is inside the window with the same payload: it is there already.
                    if case .duplicate = receipt { lane.counts.emitted -= 1 }
                }
            }
            lane.position.offsets.merge(settlement.to.offsets) { $1 }
            if let generation = settlement.generation { lane.generation = generation }
            try change(prepared, lane)
            var journal = settlement.journal
            journal.settled = try times(of: prepared.appends)
            try database.cachedStatement(
                sql: "INSERT INTO journal (lane, sequence, record) VALUES (?, ?, ?)"
            ).execute(arguments: [
                lane.id, Int64(lane.sequence), Data(journal.encoded),
            ])
            lane.sequence += 1
        }
        for (name, next) in lane.position.offsets where before.offsets[name] != next {
            try save(next, of: name, lane)
        }
        try save(lane)
        change(id, lane)
    }

    /// Refuses settlements that don't follow from where the lane stands, before anything is
    /// written.
    func check(
        _ settlements: [PreparedSettlement], of id: LaneID, _ lane: LaneState,
        _ memory: inout AppendMemory
    ) throws {
        guard lane.withdrawals == withdrawals else { throw EngineError.inputWithdrawn(id) }
        var position = lane.position
        var given: [StationName: [NameHash: UInt64]] = [:]
        for (number, prepared) in settlements.enumerated() {
            let settlement = prepared.settlement
            guard settlement.claim.lane == id, settlement.claim.fence == lane.fence,
                settlement.from.offsets.allSatisfy({ position.offsets[$0.key] == $0.value })
            else { throw EngineError.claimLost(id) }
            position.offsets.merge(settlement.to.offsets) { $1 }
            var conflicts: [Int] = []
            for append in prepared.appends {
                let station = try prepare(append, &memory)
                guard append.givenIDs > 0 else { continue }
                conflicts += memory.windows.conflicts(
                    in: append.append, station: station.id,
                    given: &given[append.station, default: [:]])
            }
            guard conflicts.isEmpty else {
                throw EngineError.emissionConflicts(
                    id, settlement: number, events: Array(Set(conflicts)).sorted())
            }
        }
    }

    /// From now to the latest time that what is appended will have.
    private func times(of appends: [PreparedAppend]) throws -> ClosedRange<EventTime> {
        var latest = now
        for append in appends {
            let before = EventTime(microseconds: try station(append.station).appendedMax)
            latest = max(latest, before)
        }
        return now...latest
    }

    private func save(_ next: UInt64, of station: StationName, _ lane: LaneState) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO lane_position (lane, station, next) VALUES (?, ?, ?)
                ON CONFLICT (lane, station) DO UPDATE SET next = excluded.next
                """
        ).execute(arguments: [lane.id, station.text, Int64(next)])
    }

    private func save(_ lane: LaneState) throws {
        try database.cachedStatement(
            sql: """
                UPDATE lane SET generation = ?, sequence = ?, processed = ?, emitted = ?,
                    dropped = ?, dead_letters = ?, parked = ?, resent = ?, skipped = ?, missed = ?
                WHERE id = ?
                """
        ).execute(arguments: [
            Int64(lane.generation), Int64(lane.sequence), Int64(lane.counts.processed),
            Int64(lane.counts.emitted),
            Int64(lane.counts.dropped), Int64(lane.counts.deadLetters),
            Int64(lane.counts.parked), Int64(lane.counts.resent), Int64(lane.counts.skipped),
            Int64(lane.counts.missed), lane.id,
        ])
    }
}
