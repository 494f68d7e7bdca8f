import GRDB
import GRDBSQLite
import Glibc
import MoonrailCore

/// What a failed storage call means for the calls after it.
package enum StorageFault: Hashable, Sendable {
    /// No room. Nothing of the transaction counts, and the next one may work.
    case full
    /// A flush failed: what it was to make durable may be on disk or not, and the kernel may have
    /// marked as clean what it could not write, so that the next flush says nothing of it. Nothing
    /// may be written until the store was opened anew.
    case flushFailed(isFull: Bool)
    /// The file holds what SQLite can't have written.
    case damaged
    /// The file or its directory may not be written.
    case denied
    /// Anything else. Nothing of the transaction counts, and the next one may work.
    case failed

    /// - Parameters:
    ///   - systemError: the `errno` of the call that failed, 0 when unknown. SQLite itself tells a
    ///     full disk only from a write; a flush or a truncation meets one, too.
    package init(_ code: ResultCode, systemError: CInt) {
        let isFull = systemError == ENOSPC || systemError == EDQUOT
        if code == .SQLITE_IOERR_FSYNC || code == .SQLITE_IOERR_DIR_FSYNC {
            self = .flushFailed(isFull: isFull)
        } else if code == .SQLITE_IOERR_DATA || code == .SQLITE_IOERR_CORRUPTFS {
            self = .damaged
        } else {
            switch code.primaryResultCode {
            case .SQLITE_FULL: self = .full
            case .SQLITE_IOERR where isFull, .SQLITE_CANTOPEN where isFull: self = .full
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: self = .denied
            default: self = .failed
            }
        }
    }

    init(_ error: any Error, systemError: CInt = 0) {
        guard let error = error as? DatabaseError else {
            self = error is DamagedRow || error is InvalidName ? .damaged : .failed
            return
        }
        self.init(error.extendedResultCode, systemError: systemError)
    }
}

extension Database {
    /// The `errno` of the last storage call that failed on the log or, when none did, on the file;
    /// 0 when none did. `sqlite3_system_errno` knows none of a commit.
    var systemError: CInt {
        var log: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log)
        var code: CInt = 0
        if let log, let methods = log.pointee.pMethods {
            _ = methods.pointee.xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &code)
        }
        if code == 0 {
            sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_LAST_ERRNO, &code)
        }
        return code
    }
}

extension EngineError {
    /// A storage error in the user's words.
    ///
    /// - Parameters:
    ///   - verb: what was tried: `read`, `write`.
    ///   - place: what can't be read when the file is damaged there, such as a station's offsets.
    init(_ error: any Error, _ verb: String, place: String? = nil, systemError: CInt = 0) {
        if let error = error as? EngineError {
            self = error
            return
        }
        let what = "can't \(verb) the store: \(Self.reason(error, systemError))"
        switch StorageFault(error, systemError: systemError) {
        case .full, .flushFailed(isFull: true):
            self = .full(
                "can't \(verb) the store: the disk is full; free some space, writing goes on by "
                    + "itself then")
        case .damaged:
            self = .corrupt(
                (place.map { "\($0) can't be read: \(Self.reason(error, systemError))" } ?? what)
                    + "; the file is damaged: " + Self.damageAdvice)
        case .denied:
            self = .unavailable(what + "; check that this user may write the data directory")
        case .flushFailed(isFull: false), .failed: self = .unavailable(what)
        }
    }

    /// What to do about damage.
    static let damageAdvice = "keep a copy of it and restore a backup"

    /// Why a storage call failed, in few words.
    static func reason(_ error: any Error, _ systemError: CInt = 0) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        let message = error.message ?? "\(error.extendedResultCode)"
        return systemError == 0
            ? message : "\(message) (\(String(cString: strerror(systemError))))"
    }
}
