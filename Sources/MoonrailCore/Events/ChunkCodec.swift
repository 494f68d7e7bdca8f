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
