import GRDB
import MoonrailCore

/// The rows of the log of values, as they are stored: at most what is young, what is sealed, and
/// what is not yet removed.
enum ValueLog {
    /// Calls `body` with each row, oldest first.
    ///
    /// - Parameter damaged: told the number of a row that is not what was written.
    static func forEach(
        _ database: Database, damaged: (Int64) throws -> Void,
        _ body: (ValueChanges.Written) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT sequence, lane, body FROM value_log ORDER BY sequence")
        while let row = try rows.next() {
            let number = try row.integer("sequence")
            if let record = ValueLogRecord(body: try row.blob("body")) {
                try body(.init(row: number, lane: try row.natural("lane"), record: record))
            } else {
                try damaged(number)
            }
        }
    }

    /// What is wrong with a row, as a message says it.
    static func damage(_ number: Int64) -> String {
        "the log of values: record \(number) is damaged"
    }
}

extension RecentValues {
    /// What the log holds.
    ///
    /// - Throws: `corrupt` when a record is damaged: what the table has instead may be older.
    init(_ database: Database, youngBytes: Int) throws {
        self.init(youngBytes: youngBytes)
        try ValueLog.forEach(database) { number in
            throw EngineError.corrupt(
                ValueLog.damage(number) + "; the file is damaged: " + EngineError.damageAdvice)
        } _: { written in
            var changes = ValueChanges()
            changes.written = [written]
            apply(changes)
        }
    }
}
