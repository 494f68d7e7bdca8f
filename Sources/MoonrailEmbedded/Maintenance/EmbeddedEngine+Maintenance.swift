import Dispatch
import MoonrailCore

/// Backups and checks read for long, on a connection and a thread of their own, one at a time.
/// They hold a snapshot: while one runs, what is appended stays in the store's log and comes into
/// its file afterwards.
extension EmbeddedEngine: StoreMaintenance {
    package func backUp(to path: String) async throws(EngineError) -> BackupSummary {
        try await maintaining { (store) throws(EngineError) in
            try Backup.create(of: store, at: path)
        }
    }

    package func check() async throws(EngineError) -> StoreReport {
        try await maintaining { (store) throws(EngineError) in try Self.report(on: store) }
    }

    package func size() throws(EngineError) -> StoreSize {
        StoreSize(
            store: try DurableFiles.size(of: store.path),
            log: try DurableFiles.size(of: store.path + "-wal"))
    }

    /// Checks a backup as `check` does a store. Leaves nothing beside the file.
    ///
    /// - Throws: `unavailable` when there is no such file, it can't be read, or a newer Moonrail
    ///   wrote it.
    package static func verifyBackup(at path: String) async throws(EngineError) -> StoreReport {
        try await maintenance.run { () throws(EngineError) in try Backup.verify(at: path) }
    }

    /// Makes a data directory of a backup, which an engine can then open: it goes on where the
    /// backup was made. The backup is checked first. On disk (fsync), and visible as a store, when
    /// it returns; a directory where this failed holds no store.
    ///
    /// - Throws: `exists` when `directory` holds a store already; `unavailable` when it can't be
    ///   written, or the backup can't be read or is a newer Moonrail's; `inUse` when a worker owns
    ///   the directory; `corrupt` when the check finds something; `full`.
    package static func restore(
        backup path: String, into directory: String
    ) async throws(EngineError) {
        try await maintenance.run { () throws(EngineError) in
            try Backup.restore(path, into: directory)
        }
    }

    /// Checks the store of a directory that no worker owns, also one that can't be opened.
    ///
    /// - Throws: `inUse` when a worker owns it; `unavailable` when there is none, or it can't be
    ///   read at all, or a newer Moonrail wrote it.
    package static func check(directory: String) async throws(EngineError) -> StoreReport {
        try await maintenance.run { () throws(EngineError) in
            let store = StoreFile.path(in: directory)
            guard DurableFiles.exists(store) else {
                throw .unavailable("'\(directory)' holds no store")
            }
            let lock = try DataDirectoryLock(directory: directory)
            defer { lock.release() }
            return try report(on: store)
        }
    }

    private static func report(on store: String) throws(EngineError) -> StoreReport {
        do {
            return try StoreCheck.report(by: StoreFile.reader(store))
        } catch {
            return try Backup.unreadable(error, store)
        }
    }
}

/// The thread on which long reads block.
struct MaintenanceThread: Sendable {
    private let queue = DispatchQueue(label: "moonrail.store.maintenance")

    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(EngineError) -> Value
    ) async throws(EngineError) -> Value {
        let result: Result<Value, EngineError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(EngineError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
