import Foundation
import MoonrailCore

/// What the rows of a segment's chunks said before they were merged, in the order of their offsets.
///
/// Stored as 20 bytes for each part: u32 count, i64 appended time, i64 ids_after; little-endian.
package struct SegmentParts: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        /// Number of its events.
        package var count: UInt32
        /// When they were appended, in microseconds.
        package var appended: Int64
        /// The chunk row's `ids_after`.
        package var idsAfter: Int64

        package init(count: UInt32, appended: Int64, idsAfter: Int64) {
            self.count = count
            self.appended = appended
            self.idsAfter = idsAfter
        }
    }

    private static let partBytes = 20

    package var parts: [Part]

    package init(_ parts: [Part] = []) {
        self.parts = parts
    }

    package init(encoded bytes: UnsafeRawBufferPointer) {
        parts = (0..<bytes.count / Self.partBytes).map { number in
            let at = number * Self.partBytes
            return Part(
                count: bytes.littleEndian(UInt32.self, at: at),
                appended: bytes.littleEndian(Int64.self, at: at + 4),
                idsAfter: bytes.littleEndian(Int64.self, at: at + 12))
        }
    }

    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.count * Self.partBytes)
        for part in parts {
            bytes.appendLittleEndian(part.count)
            bytes.appendLittleEndian(part.appended)
            bytes.appendLittleEndian(part.idsAfter)
        }
        return bytes
    }
}
