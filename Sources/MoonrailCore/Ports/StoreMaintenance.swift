/// Care of what is stored. No call blocks a thread, and none changes what is stored.
package protocol StoreMaintenance: Sendable {
    /// Writes a copy of everything as it is at one moment to a new file, while appends and
    /// settlements go on. On disk (fsync), and complete under its name, when it returns.
    ///
    /// - Throws: `exists`; `unavailable` when `path` can't be written, or this engine's backups are
    ///   made elsewhere; `full`; `corrupt`, and then there is no file.
    func backUp(to path: String) async throws(EngineError) -> BackupSummary

    /// Reads everything that is stored and says what is wrong with it, if anything.
    ///
    /// - Throws: `unavailable` when it can't be read at all.
    func check() async throws(EngineError) -> StoreReport

    /// How large the store is on disk. Repeatable.
    ///
    /// - Throws: `unavailable` when its files can't be looked at.
    func size() async throws(EngineError) -> StoreSize
}

/// How large a store is.
package struct StoreSize: Hashable, Sendable {
    /// Bytes of what is stored.
    package var store: UInt64
    /// Bytes of the log that commits are written to first.
    package var log: UInt64

    package init(store: UInt64, log: UInt64) {
        self.store = store
        self.log = log
    }
}

/// What a backup holds.
package struct BackupSummary: Hashable, Sendable {
    /// Size of the file.
    package var bytes: UInt64
    package var stations: Int
    package var events: UInt64

    package init(bytes: UInt64, stations: Int, events: UInt64) {
        self.bytes = bytes
        self.stations = stations
        self.events = events
    }
}

/// What a check of the store read and found.
package struct StoreReport: Hashable, Sendable {
    /// Something that is not as it must be, in one sentence that names station and offsets, or
    /// lane, and what to do.
    package struct Finding: Hashable, Sendable {
        package var message: String

        package init(_ message: String) {
            self.message = message
        }
    }

    package var stations = 0
    package var chunks = 0
    package var events: UInt64 = 0
    package var lanes = 0
    package var journalRecords: UInt64 = 0
    /// Empty when all is well; at most `findingsMaximum`.
    package var findings: [Finding] = []

    /// After as many findings a check ends: the store is lost, and more would tell nothing new.
    package static let findingsMaximum = 100

    package init() {}
}
