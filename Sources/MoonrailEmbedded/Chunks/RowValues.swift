import GRDB

/// A row that doesn't hold what its table holds.
struct DamagedRow: Error, CustomStringConvertible {
    let column: String

    var description: String { "its \(column) is no value that was ever written" }
}

/// Values of a row that may be damaged. GRDB's own subscripts end the process when a value is of
/// another kind than asked for, which one flipped bit on the disk brings about.
extension Row {
    /// What Moonrail counts and measures, and sums of a few of them, fit.
    static let naturals: ClosedRange<Int64> = 0...1 << 60

    /// A number of 0 to 2^60.
    func natural(_ column: String) throws(DamagedRow) -> Int64 {
        guard let value = try optionalNatural(column) else { throw DamagedRow(column: column) }
        return value
    }

    /// As `natural`, of the column of that number.
    func natural(_ index: Int) throws(DamagedRow) -> Int64 {
        try natural(name(index))
    }

    /// As `natural`, or NULL.
    func optionalNatural(_ column: String) throws(DamagedRow) -> Int64? {
        guard let value = try optionalInteger(column) else { return nil }
        guard Self.naturals.contains(value) else { throw DamagedRow(column: column) }
        return value
    }

    /// Any 64-bit integer.
    func integer(_ column: String) throws(DamagedRow) -> Int64 {
        guard let value = try optionalInteger(column) else { throw DamagedRow(column: column) }
        return value
    }

    /// As `integer`, of the column of that number.
    func integer(_ index: Int) throws(DamagedRow) -> Int64 {
        try integer(name(index))
    }

    private func name(_ index: Int) -> String {
        columnNames[columnNames.index(columnNames.startIndex, offsetBy: index)]
    }

    private func optionalInteger(_ column: String) throws(DamagedRow) -> Int64? {
        guard let value = self[column] as DatabaseValue? else { return nil }
        switch value.storage {
        case .null: return nil
        case .int64(let number): return number
        case .double, .string, .blob: throw DamagedRow(column: column)
        }
    }

    func text(_ column: String) throws(DamagedRow) -> String {
        guard let value = self[column] as DatabaseValue?, case .string(let text) = value.storage
        else { throw DamagedRow(column: column) }
        return text
    }

    func blob(_ column: String) throws(DamagedRow) -> [UInt8] {
        guard let value = self[column] as DatabaseValue?, case .blob(let data) = value.storage
        else { throw DamagedRow(column: column) }
        return Array(data)
    }
}
