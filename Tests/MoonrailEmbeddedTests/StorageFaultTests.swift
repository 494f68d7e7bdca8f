import GRDB
import Glibc
import MoonrailEmbedded
import Testing

struct StorageFaultTests {
    private static let meanings: [(ResultCode, CInt, StorageFault)] = [
        (.SQLITE_FULL, 0, .full),
        (.SQLITE_FULL, EIO, .full),
        (.SQLITE_IOERR_WRITE, ENOSPC, .full),
        (.SQLITE_IOERR_WRITE, EDQUOT, .full),
        (.SQLITE_IOERR_SHMSIZE, ENOSPC, .full),
        (.SQLITE_CANTOPEN, ENOSPC, .full),
        (.SQLITE_IOERR_WRITE, EIO, .failed),
        (.SQLITE_IOERR_WRITE, 0, .failed),
        (.SQLITE_IOERR_READ, EIO, .failed),
        (.SQLITE_IOERR_FSYNC, EIO, .flushFailed(isFull: false)),
        (.SQLITE_IOERR_FSYNC, ENOSPC, .flushFailed(isFull: true)),
        (.SQLITE_IOERR_DIR_FSYNC, 0, .flushFailed(isFull: false)),
        (.SQLITE_CORRUPT, 0, .damaged),
        (.SQLITE_CORRUPT_INDEX, 0, .damaged),
        (.SQLITE_NOTADB, 0, .damaged),
        (.SQLITE_IOERR_CORRUPTFS, EUCLEAN, .damaged),
        (.SQLITE_CANTOPEN, EACCES, .denied),
        (.SQLITE_READONLY, 0, .denied),
        (.SQLITE_BUSY, 0, .failed),
        (.SQLITE_CONSTRAINT, 0, .failed),
    ]

    @Test(arguments: meanings)
    func `a result code says what becomes of the writes after it`(
        code: ResultCode, systemError: CInt, fault: StorageFault
    ) {
        #expect(StorageFault(code, systemError: systemError) == fault)
    }
}
