import GRDB
import MoonrailCore

/// Reads a whole store in one snapshot and says what is wrong with it. Changes nothing.
///
/// Memory is bounded: one chunk, one journal record, and the few words that the store keeps of each
/// partition and lane.
struct StoreCheck {
    let database: Database
    private(set) var report = StoreReport()
    /// Those whose rows could be read.
    private(set) var state = StoreState()

    /// Ends a check that has found enough.
    private struct Enough: Error {}

    /// - Throws: a storage error when the file can't be read at all; `unavailable` when a newer
    ///   Moonrail wrote it.
    static func report(by connection: DatabaseQueue) throws -> StoreReport {
        try connection.inDatabase { database in
            try database.beginTransaction(.deferred)
            // Not committed: that fails when something could not be read.
            defer { try? database.rollback() }
            return try report(on: database)
        }
    }

    private static func report(on database: Database) throws -> StoreReport {
        let format = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        try StoreFile.refuseNewer(format)
        var check = StoreCheck(database: database)
        guard format == StoreFile.format else {
            check.report.findings = [
                .init(
                    format == 0
                        ? "the file holds no store; choose another"
                        : "the store has format \(format) of an older Moonrail; "
                            + "start a worker with it once, which upgrades it")
            ]
            return check.report
        }
        do {
            try check.run()
        } catch is Enough {}
        return check.report
    }

    private mutating func run() throws {
        do {
            var failures: [EngineError] = []
            state = try StoreState(database) { failures.append($0) }
            for failure in failures { try note("\(failure)") }
        } catch let error as DatabaseError {
            try find("the tables of stations and lanes can't be read: \(EngineError.reason(error))")
        }
        try checkPages()
        for (name, station) in state.stations.sorted(by: { $0.key < $1.key }) {
            report.stations += 1
            for (number, partition) in station.partitions.enumerated() {
                try PartitionCheck(
                    station: name, number: UInt32(number), created: station.created,
                    partition: partition
                ).run(&self)
            }
        }
        for (id, lane) in state.lanes.sorted(by: { $0.key.description < $1.key.description }) {
            report.lanes += 1
            try LaneCheck(id: id, lane: lane).run(&self)
        }
        try checkValueLog()
    }

    private mutating func checkValueLog() throws {
        var damaged: [Int64] = []
        do {
            try ValueLog.forEach(database) {
                damaged.append($0)
            } _: { _ in
            }
        } catch let error as DatabaseError {
            try find("the log of values can't be read: " + EngineError.reason(error))
        } catch let error as DamagedRow {
            try find("the log of values can't be read: \(error)")
        }
        for number in damaged { try find(ValueLog.damage(number)) }
    }

    /// What SQLite itself says of its pages, lists and indexes.
    private mutating func checkPages() throws {
        let pragma = "PRAGMA integrity_check(\(StoreReport.findingsMaximum))"
        do {
            let rows = try Row.fetchCursor(database, sql: pragma)
            while let row = try rows.next() {
                let message = try row.text("integrity_check")
                if message == "ok" { continue }
                // Several lines when it is about the file as a whole.
                for line in message.split(separator: "\n") where !line.hasPrefix("***") {
                    try find("SQLite finds: \(line)")
                }
            }
        } catch let error as DatabaseError {
            try find("SQLite can't check its pages: \(EngineError.reason(error))")
        }
    }

    /// Notes what is wrong and adds what to do.
    mutating func find(_ what: String) throws {
        try note(what + "; the file is damaged: " + EngineError.damageAdvice)
    }

    private mutating func note(_ finding: String) throws {
        report.findings.append(.init(finding))
        if report.findings.count == StoreReport.findingsMaximum { throw Enough() }
    }

    mutating func count(events: Int) {
        report.chunks += 1
        report.events += UInt64(events)
    }

    mutating func countJournalRecord() {
        report.journalRecords += 1
    }
}
