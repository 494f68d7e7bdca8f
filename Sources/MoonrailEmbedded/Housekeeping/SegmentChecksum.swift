import MoonrailCore

/// The first four bytes of what is stored beside a segment: a hash of the rest and of the place
/// that it belongs to, so that a damaged page is not believed.
enum SegmentChecksum {
    static let bytes = 4

    /// `content` as it is stored for the segment that starts at offset `first`.
    static func sealed(_ content: [UInt8], first: UInt64) -> [UInt8] {
        var sealed: [UInt8] = []
        sealed.reserveCapacity(bytes + content.count)
        sealed.appendLittleEndian(content.withUnsafeBytes { hash($0, first) })
        sealed.append(contentsOf: content)
        return sealed
    }

    /// What was sealed; nil when it is damaged or belongs elsewhere.
    static func content(
        _ sealed: UnsafeRawBufferPointer, first: UInt64
    ) -> UnsafeRawBufferPointer? {
        guard sealed.count >= bytes else { return nil }
        let content = sealed.part(bytes, sealed.count - bytes)
        return sealed.littleEndian(UInt32.self, at: 0) == hash(content, first) ? content : nil
    }

    private static func hash(_ content: UnsafeRawBufferPointer, _ first: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: contentHash(content, seed: first))
    }
}
