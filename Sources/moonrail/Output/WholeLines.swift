import NIOCore

/// Cuts a stream of parts where lines end.
struct WholeLines {
    /// The begin of a line whose end has not come yet.
    private var rest = ByteBuffer()

    /// The lines that are whole with this part, without their ends; nil when none is.
    mutating func take(_ part: ByteBuffer) -> [ByteBufferView]? {
        rest.writeImmutableBuffer(part)
        guard let end = rest.readableBytesView.lastIndex(of: 0x0A),
            let whole = rest.readSlice(length: end + 1 - rest.readerIndex)
        else { return nil }
        rest.discardReadBytes()
        return whole.readableBytesView.split(separator: 0x0A)
    }
}
