import GRDB
import GRDBSQLite
import MoonrailCore

/// A row while a statement stands on it, for statements that are run very often: GRDB's own rows
/// box each column and find it by its name.
struct SmallRow {
    fileprivate let statement: Statement

    /// Any 64-bit integer.
    ///
    /// - Throws: `DamagedRow` when the column holds something else.
    func integer(_ index: CInt) throws(DamagedRow) -> Int64 {
        guard sqlite3_column_type(statement.sqliteStatement, index) == SQLITE_INTEGER else {
            throw damage(index)
        }
        return sqlite3_column_int64(statement.sqliteStatement, index)
    }

    /// As `Row.natural`.
    func natural(_ index: CInt) throws(DamagedRow) -> Int64 {
        let value = try integer(index)
        guard Row.naturals.contains(value) else { throw damage(index) }
        return value
    }

    func blob(_ index: CInt) throws(DamagedRow) -> [UInt8] {
        let statement = self.statement.sqliteStatement
        guard sqlite3_column_type(statement, index) == SQLITE_BLOB else { throw damage(index) }
        // In this order: asking for the bytes may move them.
        let start = sqlite3_column_blob(statement, index)
        let count = Int(sqlite3_column_bytes(statement, index))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    private func damage(_ index: CInt) -> DamagedRow {
        DamagedRow(column: statement.columnNames[Int(index)])
    }
}

extension Statement {
    /// Runs the statement, which gives a row or none.
    ///
    /// - Parameters:
    ///   - numbers: its first arguments.
    ///   - bytes: those behind them.
    /// - Returns: what `read` makes of the first row; nil when there is none.
    /// - Throws: `DatabaseError`, and what `read` throws.
    func first<Value>(
        _ database: Database, _ numbers: [Int64], _ bytes: UnsafeRawBufferPointer...,
        read: (SmallRow) throws -> Value
    ) throws -> Value? {
        sqlite3_reset(sqliteStatement)
        defer {
            sqlite3_reset(sqliteStatement)
            sqlite3_clear_bindings(sqliteStatement)
        }
        bind(numbers, bytes)
        switch sqlite3_step(sqliteStatement) {
        case SQLITE_DONE: return nil
        case SQLITE_ROW: return try read(SmallRow(statement: self))
        default:
            let connection = database.sqliteConnection
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
                message: String(cString: sqlite3_errmsg(connection)), sql: sql)
        }
    }

    /// SQLite keeps pointers to the bytes, until the bindings are cleared.
    private func bind(_ numbers: [Int64], _ bytes: [UnsafeRawBufferPointer]) {
        var index: CInt = 1
        for number in numbers {
            sqlite3_bind_int64(sqliteStatement, index, number)
            index += 1
        }
        for blob in bytes {
            // Without an address it would bind NULL.
            if let start = blob.baseAddress, !blob.isEmpty {
                sqlite3_bind_blob64(
                    sqliteStatement, index, start, sqlite3_uint64(blob.count), nil)
            } else {
                sqlite3_bind_zeroblob(sqliteStatement, index, 0)
            }
            index += 1
        }
    }
}
