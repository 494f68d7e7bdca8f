/// Packs the records of a stored chunk and brings them back.
///
/// The format of a chunk is Core's; the algorithm is brought along by the engine that stores it.
/// Pure functions of their arguments, called on any thread.
package protocol ChunkCodec: Sendable {
    /// Writes `raw`, packed, to the beginning of `packed`.
    ///
    /// - Parameters:
    ///   - raw: 1 byte to `Bounds.packedChunkBytes`.
    ///   - packed: room for at least one byte.
    /// - Returns: how many bytes were written; nil when there is not enough room.
    func pack(
        _ raw: UnsafeRawBufferPointer, into packed: UnsafeMutableRawBufferPointer
    ) -> Int?

    /// Writes what `packed` holds to `raw`, and nothing outside of it, whatever `packed` is.
    ///
    /// - Returns: whether all of `packed` was made sense of and filled `raw` to its end.
    func unpack(
        _ packed: UnsafeRawBufferPointer, into raw: UnsafeMutableRawBufferPointer
    ) -> Bool
}

extension ChunkCodec {
    /// A header with what `raw` holds packed behind it.
    ///
    /// - Parameter raw: as `pack` takes it.
    /// - Returns: nil when packing saves less than an eighth.
    package func packed(_ raw: [UInt8], behind header: [UInt8]) -> [UInt8]? {
        let room = raw.count - raw.count / 8
        var isPacked = false
        let body = [UInt8](unsafeUninitializedCapacity: header.count + room) { body, count in
            _ = body.update(fromContentsOf: header)
            let rest = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(body)[header.count...])
            guard let size = raw.withUnsafeBytes({ pack($0, into: rest) }) else { return }
            isPacked = true
            count = header.count + size
        }
        return isPacked ? body : nil
    }

    /// What `packed` holds.
    ///
    /// - Parameter count: how many bytes that is, which the caller has found plausible.
    /// - Returns: nil when it is not what `packed` holds.
    package func unpacked(_ packed: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
        var isWhole = false
        let raw = [UInt8](unsafeUninitializedCapacity: count) { raw, initialized in
            isWhole = unpack(packed, into: UnsafeMutableRawBufferPointer(raw))
            initialized = isWhole ? count : 0
        }
        return isWhole ? raw : nil
    }
}
