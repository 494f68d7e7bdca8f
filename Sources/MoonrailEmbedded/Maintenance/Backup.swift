import Foundation
import GRDB
import MoonrailCore

/// Copies of a store that are whole stores themselves: one file of the same format, without a log
/// beside it. Each function blocks for as long as its reading and writing takes.
enum Backup {
    /// Writes what the store `source` holds at one moment to the new file `path`.
    ///
    /// `VACUUM INTO` reads in one snapshot while others write, follows every page on its way, and
    /// leaves out what retention freed. What was written is checked before it gets its name.
    static func create(of source: String, at path: String) throws(EngineError) -> BackupSummary {
        if DurableFiles.exists(path) { throw DurableFiles.exists(path) }
        let temporary = path + ".moonrail-partial"
        // A backup that was cut off may have left it.
        unlink(temporary)
        defer { unlink(temporary) }
        do {
            try StoreFile.reader(source).inDatabase { database in
                try database.execute(sql: "VACUUM INTO ?", arguments: [temporary])
            }
        } catch {
            throw failure(error, path)
        }
        CrashPoint.backup.pass()
        try DurableFiles.sync(file: temporary)
        let report = try verify(at: temporary)
        if let finding = report.findings.first {
            throw .corrupt("no backup was made: \(finding.message)")
        }
        var status = stat()
        guard stat(temporary, &status) == 0 else { throw DurableFiles.failure("read '\(path)'") }
        try DurableFiles.publish(temporary, as: path)
        return BackupSummary(
            bytes: UInt64(status.st_size), stations: report.stations, events: report.events)
    }

    private static func failure(_ error: any Error, _ path: String) -> EngineError {
        switch EngineError(error, "back up") {
        case .full:
            .full("can't write the backup '\(path)': the disk is full; free some space")
        case .corrupt(let what): .corrupt("no backup was made: \(what)")
        case let other: other
        }
    }

    /// Checks the file `path`, and leaves nothing beside it.
    static func verify(at path: String) throws(EngineError) -> StoreReport {
        guard DurableFiles.exists(path) else {
            throw .unavailable("there is no backup '\(path)'")
        }
        do {
            return try StoreCheck.report(by: StoreFile.immutableReader(path))
        } catch {
            return try unreadable(error, path)
        }
    }

    /// What is said of a file that SQLite can't read at all.
    static func unreadable(_ error: any Error, _ path: String) throws(EngineError) -> StoreReport {
        guard let error = error as? DatabaseError,
            [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
        else { throw EngineError(error, "read") }
        var report = StoreReport()
        report.findings = [
            .init(
                "'\(path)' can't be read: \(EngineError.reason(error)); the file is damaged or no "
                    + "store of Moonrail's")
        ]
        return report
    }

    /// Makes a data directory of the backup.
    static func restore(_ path: String, into directory: String) throws(EngineError) {
        let lock = try DataDirectoryLock(directory: directory)
        defer { lock.release() }
        let store = StoreFile.path(in: directory)
        for file in [store, store + "-wal"] where DurableFiles.exists(file) {
            throw .exists(
                "'\(directory)' holds a store already; restore into another directory, or move "
                    + "'\(file)' away")
        }
        let temporary = store + ".partial"
        unlink(temporary)
        try DurableFiles.copy(path, to: temporary)
        defer { unlink(temporary) }
        if let finding = try verify(at: temporary).findings.first {
            throw .corrupt("'\(path)' was not restored: \(finding.message)")
        }
        try DurableFiles.publish(temporary, as: store)
    }
}
