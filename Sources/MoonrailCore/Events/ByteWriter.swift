/// Writes a format from front to back into room of a size that was counted before.
@usableFromInline
package struct ByteWriter {
    @usableFromInline var next: UnsafeMutableRawPointer
    @usableFromInline let end: UnsafeMutableRawPointer

    /// - Parameter room: `count` bytes that may be written and are used as long as this value.
    @inlinable
    init(_ room: UnsafeMutableRawPointer, count: Int) {
        next = room
        end = room + count
    }

    @inlinable var room: Int { end - next }

    /// Writes `value` in little-endian order.
    @inlinable
    package mutating func put(_ value: some FixedWidthInteger & BitwiseCopyable) {
        let size = value.bitWidth / 8
        precondition(size <= room, "a write past the end")
        next.storeBytes(of: value.littleEndian, as: type(of: value))
        next += size
    }

    /// Writes the bytes.
    @inlinable
    package mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        precondition(bytes.count <= room, "a write past the end")
        next.copyMemory(from: source, byteCount: bytes.count)
        next += bytes.count
    }
}

extension [UInt8] {
    /// Appends `count` bytes, all of which `write` writes. Nothing is written to them before.
    @inlinable
    package mutating func append(bytes count: Int, _ write: (inout ByteWriter) -> Void) {
        append(addingCapacity: count) { span in
            span.withUnsafeMutableBufferPointer { room, written in
                guard let start = room.baseAddress else { return }
                var writer = ByteWriter(start + written, count: count)
                write(&writer)
                precondition(writer.room == 0, "as many bytes are written as were announced")
                written += count
            }
        }
    }
}
