import Foundation
import MoonrailCore

/// What the rows of a segment's chunks said before they were merged, in the order of their offsets.
///
/// Stored as a checksum (`SegmentChecksum`) and 20 bytes for each part: u32 count, i64 appended
/// time, i64 ids_after; little-endian.
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

    /// - Returns: nil when the bytes are not the parts of the segment that starts at `first`.
    package init?(encoded: UnsafeRawBufferPointer, first: UInt64) {
        guard let bytes = SegmentChecksum.content(encoded, first: first) else { return nil }
        parts = (0..<bytes.count / Self.partBytes).map { number in
            let at = number * Self.partBytes
            return Part(
                count: bytes.littleEndian(UInt32.self, at: at),
                appended: bytes.littleEndian(Int64.self, at: at + 4),
                idsAfter: bytes.littleEndian(Int64.self, at: at + 12))
        }
    }

    /// As they are stored for the segment that starts at `first`.
    package func encoded(first: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.count * Self.partBytes)
        for part in parts {
            bytes.appendLittleEndian(part.count)
            bytes.appendLittleEndian(part.appended)
            bytes.appendLittleEndian(part.idsAfter)
        }
        return SegmentChecksum.sealed(bytes, first: first)
    }
}
