import Foundation
import GRDB
import MoonrailCore

/// The one place where the events of a chunk become what is stored, and events again.
extension EventRecords {
    /// The batch as the `body` of a chunk's row.
    var chunkBody: [UInt8] { chunk(packedBy: LZ4Codec()) }

    /// The events in a row's `body`.
    ///
    /// - Parameter count: how many the row says there are.
    /// - Throws: `CorruptChunk`; a storage error.
    init(bodyOf row: Row, count: Int) throws {
        self = try row.withUnsafeData(named: "body") { data in
            try (data ?? Data()).withUnsafeBytes {
                try EventRecords(chunk: $0, count: count, codec: LZ4Codec())
            }
        }
    }
}
