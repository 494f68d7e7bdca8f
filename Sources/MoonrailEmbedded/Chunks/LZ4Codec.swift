import CLZ4
import MoonrailCore

/// Packs chunks with LZ4 at its fastest level: of JSON events a quarter remains, for less time than
/// the kernel takes to copy the difference into the log and then into the file.
package struct LZ4Codec: ChunkCodec {
    package init() {}

    package func pack(
        _ raw: UnsafeRawBufferPointer, into packed: UnsafeMutableRawBufferPointer
    ) -> Int? {
        let count = LZ4_compress_default(
            raw.bindMemory(to: CChar.self).baseAddress,
            packed.bindMemory(to: CChar.self).baseAddress, CInt(raw.count), CInt(packed.count))
        return count > 0 ? Int(count) : nil
    }

    package func unpack(
        _ packed: UnsafeRawBufferPointer, into raw: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let size = CInt(exactly: packed.count), let room = CInt(exactly: raw.count) else {
            return false
        }
        return LZ4_decompress_safe(
            packed.bindMemory(to: CChar.self).baseAddress,
            raw.bindMemory(to: CChar.self).baseAddress, size, room) == room
    }
}
