import MoonrailCore

/// The values that lanes changed and that the store's table does not have yet, by their keys: what
/// is in the log of values. A pure value.
///
/// What commits change is young. When there is enough of it, it is sealed: its values go into the
/// table in the order of their keys, a slice with each commit that changes others, so that many
/// changes share a page of the table and no commit waits for all of them. Then the rows of the log
/// that held them are removed, a few with each commit.
package struct RecentValues: Sendable {
    /// When young values are sealed: with so many bytes of changes, of all lanes of a worker
    /// together. It bounds memory and what a start reads; there are never more than twice as many.
    package static let youngBytes = 16 << 20

    /// A key with its value, or that it has none.
    typealias Entry = (key: [UInt8], value: [UInt8]?)

    private struct Young {
        var table = ValueTable()
        /// The log's row that has the last of it.
        var lastRow: Int64 = 0
    }

    private struct Sealed {
        let table: ValueTable
        let lastRow: Int64
        /// In the table's order; empty as long as nobody has sorted them.
        var places: [Int] = []
        /// So many of them are in the table.
        var written = 0
    }

    private let youngBytes: Int
    private var young = Young()
    private var sealed: Sealed?
    /// Rows of the log up to this one are in the table as a whole.
    private var removable: Int64?

    init(youngBytes: Int) {
        self.youngBytes = youngBytes
    }

    /// What the table is to get in a commit.
    struct Work {
        var table = ValueTable()
        /// Where the values begin there.
        var places: ArraySlice<Int> = []
        /// Rows of the log up to this one may be removed; nil: none.
        var removable: Int64?
    }

    /// What keeps pace with a commit that changes so many values: twice as much as it brings.
    func work(changed: Int) -> Work {
        var work = Work(removable: removable)
        if let sealed {
            let end = min(sealed.places.count, sealed.written + 2 * changed)
            work.table = sealed.table
            work.places = sealed.places[sealed.written..<end]
        }
        return work
    }

    /// Takes in what a commit has made of values.
    mutating func apply(_ changes: ValueChanges) {
        if changes.isLogTrimmed { removable = nil }
        if changes.entriesWritten > 0 {
            sealed?.written += changes.entriesWritten
            if let sealed, sealed.written == sealed.places.count {
                removable = sealed.lastRow
                self.sealed = nil
            }
        }
        for written in changes.written {
            young.lastRow = written.row
            written.record.changes.forEach { young.table.put($0, lane: written.lane) }
        }
        guard sealed == nil, young.table.bytes.count >= youngBytes else { return }
        sealed = Sealed(table: young.table, lastRow: young.lastRow)
        young = Young()
    }

    /// What was sealed and is not sorted yet; sorting takes milliseconds, and nobody who reads
    /// values is to wait for that.
    var unsorted: ValueTable? {
        guard let sealed, sealed.places.isEmpty else { return nil }
        return sealed.table
    }

    /// - Parameter places: of what was `unsorted`.
    mutating func sorted(_ places: [Int]) {
        sealed?.places = places
    }

    /// What is known of a key; nil when the table has the answer.
    func entry(lane: Int64, space: LaneValueSpace, key: [UInt8]) -> Entry? {
        key.withUnsafeBytes { key in
            young.table.with(lane: lane, space: space, key: key) { Self.entry($0) }
                ?? sealed?.table.with(lane: lane, space: space, key: key) { Self.entry($0) }
        }
    }

    private static func entry(_ record: LaneValueRecord) -> Entry {
        var value: [UInt8]?
        if let bytes = record.value { value = [UInt8](bytes) }
        return ([UInt8](record.key), value)
    }

    /// What is known of a lane's keys behind `key`, in their order.
    func entries(lane: Int64, space: LaneValueSpace, after key: [UInt8]?) -> [Entry] {
        func find(_ table: ValueTable) -> [Entry] {
            let places = table.places { entry in
                guard entry.lane == lane, entry.record.space == space.rawValue else { return false }
                guard let key else { return true }
                return key.lexicographicallyPrecedes(entry.record.key)
            }
            return places.map { place in table.withEntry(at: place) { Self.entry($0.record) } }
        }
        guard let sealed else { return find(young.table) }
        return Self.merged(find(young.table), over: find(sealed.table))
    }

    /// Both in the order of their keys; where both have one, that of `newer`.
    private static func merged(_ newer: [Entry], over older: [Entry]) -> [Entry] {
        if older.isEmpty { return newer }
        var merged: [Entry] = []
        var next = 0
        for entry in older {
            while next < newer.count, newer[next].key.lexicographicallyPrecedes(entry.key) {
                merged.append(newer[next])
                next += 1
            }
            if next < newer.count, newer[next].key == entry.key { continue }
            merged.append(entry)
        }
        return merged + newer[next...]
    }
}

/// What a commit does to values that the table gets later.
struct ValueChanges: Sendable {
    /// A row that it appends to the log of values.
    struct Written: Sendable {
        let row: Int64
        /// The lane's row.
        let lane: Int64
        let record: ValueLogRecord
    }

    var written: [Written] = []
    /// So many more of the sealed values are in the table.
    var entriesWritten = 0
    /// Whether the log has no row any more that may be removed.
    var isLogTrimmed = false

    var isEmpty: Bool { written.isEmpty && entriesWritten == 0 && !isLogTrimmed }
}
