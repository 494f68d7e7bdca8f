import GRDB
import GRDBSQLite
import Synchronization

/// Knows how long SQLite's write-ahead log is, so that the writer brings it into the file itself.
///
/// SQLite would do that inside a commit, and keep to itself when it fails. But a checkpoint whose
/// flush failed must not simply be tried again: pages that an earlier, partial one wrote count as
/// done, and the kernel no longer holds those that it could not write. So the writer runs it and
/// freezes the store when it fails.
final class WriteAheadLog: Sendable {
    /// Pages of 8 KiB: a checkpoint every 16 MiB costs less than one every 4, and recovery still
    /// takes well under a second.
    static let checkpointPages = 2_048

    private let pages = Atomic(0)

    /// Watches the commits of a connection, which must not outlive this value.
    func watch(_ database: Database) {
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue()
                    .pages.store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Whether it is time for a checkpoint.
    var isLong: Bool { pages.load(ordering: .relaxed) >= Self.checkpointPages }
}
