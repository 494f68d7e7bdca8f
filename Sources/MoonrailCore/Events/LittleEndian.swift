extension [UInt8] {
    /// Appends `value` in little-endian order.
    @inlinable
    package mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// Overwrites the bytes from `index` on with `value` in little-endian order.
    @inlinable
    package mutating func storeLittleEndian(_ value: some FixedWidthInteger, at index: Int) {
        precondition(index >= 0 && index + value.bitWidth / 8 <= count, "store past the end")
        withUnsafeMutableBytes {
            $0.storeBytes(of: value.littleEndian, toByteOffset: index, as: type(of: value))
        }
    }

    /// Appends a u32 length and the bytes.
    @inlinable
    package mutating func appendText(_ text: String) {
        appendLittleEndian(UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    /// Appends a u32 length and the bytes.
    @inlinable
    package mutating func appendText(_ bytes: [UInt8]) {
        appendLittleEndian(UInt32(bytes.count))
        append(contentsOf: bytes)
    }
}

extension UnsafeRawBufferPointer {
    /// The little-endian integer at `index`; the caller has checked that it lies inside.
    @inlinable
    package func littleEndian<Integer: FixedWidthInteger>(
        _ type: Integer.Type, at index: Int
    ) -> Integer where Integer: BitwiseCopyable {
        Integer(littleEndian: loadUnaligned(fromByteOffset: index, as: type))
    }

    /// The part of this buffer that starts at `start`, without copying.
    @inlinable
    package func part(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
        part(start..<start + count)
    }

    /// The part of this buffer at these places, without copying.
    @inlinable
    package func part(_ places: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[places])
    }
}

/// Reads a format from front to back and never past its end.
package struct ByteReader {
    /// The bytes end before the value does.
    package struct Truncated: Error {}

    package let bytes: UnsafeRawBufferPointer
    package private(set) var index = 0

    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    package var remaining: Int { bytes.count - index }

    package mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type = Integer.self
    ) throws(Truncated) -> Integer {
        let start = try skip(MemoryLayout<Integer>.size)
        return bytes.littleEndian(type, at: start)
    }

    /// Skips `count` bytes and returns where they start.
    @discardableResult
    package mutating func skip(_ count: Int) throws(Truncated) -> Int {
        guard count >= 0, count <= remaining else { throw Truncated() }
        defer { index += count }
        return index
    }

    /// A u32 length and that many bytes: where these lie.
    package mutating func textPlaces() throws(Truncated) -> Range<Int> {
        let count = Int(try integer(UInt32.self))
        let start = try skip(count)
        return start..<start + count
    }

    /// A u32 length and that many bytes, as a string; bytes that are not UTF-8 are replaced.
    package mutating func text() throws(Truncated) -> String {
        String(decoding: bytes.part(try textPlaces()), as: UTF8.self)
    }

    /// A u32 length and that many bytes, copied.
    package mutating func textBytes() throws(Truncated) -> [UInt8] {
        Array(bytes.part(try textPlaces()))
    }
}
