import Foundation
import GRDB
import MoonrailCore

/// Checks one lane: its positions lie in their stations, and its journal has every record and leads
/// to them.
struct LaneCheck {
    let id: LaneID
    let lane: LaneState

    /// Events of one station that were taken one after another.
    private struct Series {
        let first: UInt64
        var next: UInt64
    }

    func run(_ check: inout StoreCheck) throws {
        for (station, next) in lane.position.offsets {
            guard let partition = try? check.state.partition(id.partition, of: station) else {
                continue
            }
            if next > partition.next {
                try check.find(
                    "lane \(id): its position in station '\(station)' is \(next), beyond the "
                        + "end at \(partition.next)")
            }
        }
        let series = try walkJournal(&check)
        for (station, taken) in series {
            guard let position = lane.position.offsets[station] else { continue }
            try follow(taken, with: position, in: station, what: "its position", &check)
        }
    }

    /// Reads every record.
    ///
    /// - Returns: for each station what was taken last.
    private func walkJournal(_ check: inout StoreCheck) throws -> [StationName: Series] {
        var series: [StationName: Series] = [:]
        var expected: UInt64?
        do {
            let rows = try Row.fetchCursor(
                check.database,
                sql: "SELECT sequence, record FROM journal WHERE lane = ? ORDER BY sequence",
                arguments: [lane.id])
            while let row = try rows.next() {
                let sequence = UInt64(try row.natural("sequence"))
                if let expected, sequence != expected {
                    try check.find(
                        "lane \(id): journal records \(expected) to \(sequence - 1) are missing")
                }
                expected = sequence + 1
                let record = try row.withUnsafeData(named: "record") { data in
                    (data ?? Data()).withUnsafeBytes { JournalRecord(encoded: $0) }
                }
                guard let record else {
                    try check.find("lane \(id): journal record \(sequence) is damaged")
                    continue
                }
                check.countJournalRecord()
                for run in record.taken { try take(run, sequence, &series, &check) }
                // Where the lane was moved to, another series begins.
                if let reset = record.reset {
                    for station in reset.position.offsets.keys { series[station] = nil }
                }
            }
            if (expected ?? lane.sequence) != lane.sequence {
                try check.find(
                    "lane \(id): its journal ends before record \(expected ?? 0), not "
                        + "\(lane.sequence)")
            }
        } catch let error as DatabaseError {
            try check.find(
                "lane \(id): its journal can't be read from record \(expected ?? 0) on: "
                    + EngineError.reason(error))
        } catch let error as DamagedRow {
            try check.find(
                "lane \(id): its journal can't be read from record \(expected ?? 0) on: \(error)")
        }
        return series
    }

    private func take(
        _ run: JournalRecord.Taken, _ sequence: UInt64, _ series: inout [StationName: Series],
        _ check: inout StoreCheck
    ) throws {
        guard run.first <= run.last, run.last < UInt64(Int64.max) else {
            return try check.find("lane \(id): journal record \(sequence) is damaged")
        }
        guard var taken = series[run.station], run.first > taken.first else {
            series[run.station] = Series(first: run.first, next: run.last + 1)
            return
        }
        try follow(
            taken, with: run.first, in: run.station, what: "journal record \(sequence)", &check)
        taken.next = run.last + 1
        series[run.station] = taken
    }

    /// Whether `offset` is where `taken` leads to.
    ///
    /// A gap is as it must be when retention removed what lay in it. A start at or before the first
    /// offset of the series is no repetition, but another station of the same name, and so is one
    /// after more events than the station ever had.
    private func follow(
        _ taken: Series, with offset: UInt64, in station: StationName, what: String,
        _ check: inout StoreCheck
    ) throws {
        guard offset > taken.first, offset != taken.next,
            let partition = try? check.state.partition(id.partition, of: station),
            taken.next <= partition.next
        else { return }
        if offset < taken.next {
            try check.find(
                "lane \(id): \(what) takes station '\(station)' from offset \(offset) on, though "
                    + "events up to \(taken.next - 1) were taken before")
        } else if offset > partition.earliest {
            try check.find(
                "lane \(id): \(what) takes station '\(station)' from offset \(offset) on, though "
                    + "events were taken only up to \(taken.next - 1)")
        }
    }
}
