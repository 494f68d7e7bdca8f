import GRDB
import MoonrailCore
import Synchronization

/// The store file of an engine, which the writer exchanges for the same opened anew after a failed
/// flush.
final class OpenStore: Sendable {
    private struct State {
        var file: StoreFile
        /// Checks and backups under way, each with a connection of its own.
        var longReads = 0
        var isReopening = false
        var isClosed = false
    }

    private let directory: String
    private let state: Mutex<State>

    init(_ file: StoreFile, directory: String) {
        self.directory = directory
        state = Mutex(State(file: file))
    }

    var file: StoreFile { state.withLock { $0.file } }
    var path: String { StoreFile.path(in: directory) }

    /// Runs `body`, which opens connections of its own, unless the store is being opened anew.
    func longRead<Value>(
        _ body: (_ path: String) throws(EngineError) -> Value
    ) throws(EngineError) -> Value {
        let isAllowed = state.withLock { state in
            if state.isReopening { return false }
            state.longReads += 1
            return true
        }
        guard isAllowed else { throw Self.reopening }
        defer { state.withLock { $0.longReads -= 1 } }
        return try body(path)
    }

    /// Closes the file and opens it again, so that SQLite recovers what its log holds.
    ///
    /// No connection may be left meanwhile, or its index of the log would live on. The pool closes
    /// its writer while its readers still hold the file, so that SQLite runs no checkpoint then,
    /// which would be one more flush that nobody can trust. Reads that meet the exchange are
    /// answered as unavailable.
    func reopen() throws(EngineError) -> StoreFile {
        let isFree = state.withLock { state in
            if state.longReads > 0 { return false }
            state.isReopening = true
            return true
        }
        guard isFree else {
            throw .unavailable("the store is opened anew when the check or backup of it is done")
        }
        defer { state.withLock { $0.isReopening = false } }
        do {
            try file.pool.close()
        } catch {
            throw EngineError(error, "close")
        }
        let opened = try StoreFile(directory: directory)
        state.withLock { $0.file = opened }
        return opened
    }

    /// Closes the file for good. May be repeated.
    func close() {
        state.withLock { $0.isClosed = true }
        // What is on disk is complete without it; an error here has nobody to act on it.
        try? file.pool.close()
    }

    /// An error of reading `place`, where that is known, in the user's words.
    func failure(_ error: any Error, _ place: String?) -> EngineError {
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_MISUSE {
            return state.withLock { $0.isClosed }
                ? .unavailable("the store is closed") : Self.reopening
        }
        return EngineError(error, "read", place: place)
    }

    private static let reopening = EngineError.unavailable(
        "the store is being opened anew after a failed flush; try again in a moment")
}
