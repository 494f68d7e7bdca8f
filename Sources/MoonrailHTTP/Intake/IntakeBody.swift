import MoonrailCore
import NIOCore

/// The lines of a produce request that came and were not taken yet: they are taken from the front
/// while others come to the end.
package struct IntakeBody: Sendable {
    private var buffer = ByteBuffer()
    /// Bytes of whole lines, which can be taken; the last line of all may lack its end.
    private(set) var count = 0

    /// A body of which nothing came yet.
    package init() {}

    /// A body that came as a whole.
    package init(_ whole: ByteBuffer) {
        append(whole)
        end()
    }

    /// Makes room for so many bytes, so that what comes is not copied again and again.
    mutating func reserve(_ bytes: Int) {
        buffer.reserveCapacity(bytes + LineDocument.padding)
    }

    /// Adds what came next.
    package mutating func append(_ part: ByteBuffer) {
        buffer.discardReadBytes()
        let known = buffer.readableBytes
        buffer.writeImmutableBuffer(part)
        pad()
        let lineEnd = part.withUnsafeReadableBytes { $0.lastIndex(of: 0x0A) }
        if let lineEnd { count = known + lineEnd + 1 }
    }

    /// Nothing more comes.
    package mutating func end() {
        count = buffer.readableBytes
        pad()
    }

    /// Calls `body` with the whole lines, behind which the padding is readable, and drops as many
    /// of their bytes as it says that it has taken.
    mutating func take(_ body: (_ lines: UnsafeRawBufferPointer, _ taken: inout Int) -> Void) {
        var taken = 0
        buffer.withUnsafeReadableBytes { body($0.part(0, count), &taken) }
        buffer.moveReaderIndex(forwardBy: taken)
        count -= taken
    }

    /// Lets the JSON parser read behind the last line.
    private mutating func pad() {
        buffer.setRepeatingByte(0, count: LineDocument.padding, at: buffer.writerIndex)
    }
}
