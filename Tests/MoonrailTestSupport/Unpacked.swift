import MoonrailCore

/// Packs nothing: chunks come out as the formats before the third had them.
package struct Unpacked: ChunkCodec {
    package init() {}

    package func pack(
        _ raw: UnsafeRawBufferPointer, into packed: UnsafeMutableRawBufferPointer
    ) -> Int? { nil }

    package func unpack(
        _ packed: UnsafeRawBufferPointer, into raw: UnsafeMutableRawBufferPointer
    ) -> Bool { false }
}
