import MoonrailHTTP
import NIOCore

/// Cuts what is read into slices of whole lines. Knows no files.
struct LineCutter {
    /// Bytes to read at once.
    static let readBytes = 256 << 10
    /// A slice is cut when it has this many: enough that a request's own cost does not count, and
    /// few enough that little is in doubt when an answer does not come.
    static let sliceBytes = 8 << 20
    /// A line that is longer is skipped; with what one more read may bring it still can be sent.
    static let lineBytes = IntakeBounds.bodyBytes - readBytes

    /// Appends what comes next to the buffer.
    ///
    /// - Parameter canWait: whether to wait for something to come.
    /// - Returns: how many bytes came, 0 at the end, nil when nothing is there yet.
    typealias Read = (_ buffer: inout ByteBuffer, _ canWait: Bool) throws -> Int?

    private var buffer = ByteBuffer()
    /// Bytes of the buffer up to the end of its last whole line.
    private var wholeBytes = 0
    private var line = 1
    private var isSkipping = false
    private var isAtEnd = false

    /// The next piece; nil at the end.
    ///
    /// What is there is not held back for more to come, so that a slow producer's lines go out.
    mutating func next(_ read: Read) throws -> LineInput.Piece? {
        while !isAtEnd, buffer.readableBytes < Self.sliceBytes || wholeBytes == 0 {
            if wholeBytes == 0, buffer.readableBytes >= Self.lineBytes { skip() }
            let known = buffer.readableBytes
            guard let count = try read(&buffer, wholeBytes == 0) else { break }
            if count == 0 {
                isAtEnd = true
            } else if isSkipping {
                if let piece = endSkipping() { return piece }
            } else {
                note(from: known)
            }
        }
        if isSkipping {
            isSkipping = false
            return .tooLong(line: line)
        }
        return cut().map { .lines($0) }
    }

    /// Looks for the last line end in what came behind `known`.
    private mutating func note(from known: Int) {
        buffer.withUnsafeReadableBytes { bytes in
            if let end = bytes[known...].lastIndex(of: 0x0A) { wholeBytes = end + 1 }
        }
    }

    private mutating func skip() {
        isSkipping = true
        buffer.clear()
    }

    /// Goes on behind the line that is skipped when its end has come.
    private mutating func endSkipping() -> LineInput.Piece? {
        guard let end = buffer.readableBytesView.firstIndex(of: 0x0A) else {
            buffer.clear()
            return nil
        }
        buffer.moveReaderIndex(to: end + 1)
        isSkipping = false
        note(from: 0)
        defer { line += 1 }
        return .tooLong(line: line)
    }

    private mutating func cut() -> LineInput.Slice? {
        // Only the last line of all may lack its end.
        let bytes = isAtEnd ? buffer.readableBytes : wholeBytes
        guard bytes > 0, let lines = buffer.readSlice(length: bytes) else { return nil }
        let slice = LineInput.Slice(lines: lines, firstLine: line)
        line += lines.lineEnds
        // The rest moves to a buffer of its own: the slice keeps the old one.
        var rest = ByteBuffer()
        rest.reserveCapacity(Self.sliceBytes + Self.readBytes)
        rest.writeBuffer(&buffer)
        buffer = rest
        wholeBytes = 0
        return slice
    }
}
