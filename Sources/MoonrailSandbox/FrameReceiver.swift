import MoonrailCore

/// Collects the bytes of one frame after another, each in a buffer of its own that the caller of
/// the reply keeps. Holds no memory between frames.
///
/// The buffer grows with the bytes that came, half a mebibyte ahead of them at most or by doubling,
/// so that a host can't make the worker allocate by announcing what it does not send.
package struct FrameReceiver {
    /// What one call came to.
    package enum Step {
        /// A whole frame, from its length field to its end.
        case frame([UInt8])
        /// The frame is not whole yet; there may be more to read.
        case incomplete
        /// Nothing to read now.
        case wouldBlock
        /// The other end closed the socket.
        case closed
        /// The bytes are no frame.
        case broken(ProtocolBreach)
    }

    /// Smallest buffer that a read is given: room for the reply to one event.
    private static let roomBytesMinimum = 4 << 10
    /// Largest buffer that is made before its bytes have come: room for the reply to a batch.
    private static let roomBytesMaximum = 512 << 10

    /// The frame's first `received` bytes, and room behind them.
    private var bytes: [UInt8] = []
    private var received = 0
    /// How large the last frame was: the next one is likely to be as large.
    private var usualBytes = 0

    /// A receiver that stands before the first frame.
    package init() {}

    /// Whether nothing of the next frame has come yet.
    package var isBetweenFrames: Bool { received == 0 }

    /// Reads once and says what there is now.
    ///
    /// - Parameter read: fills the room it is given, from the front, and says how far.
    package mutating func step(
        _ read: (UnsafeMutableRawBufferPointer) -> SocketTransfer
    ) -> Step {
        // What came behind the last frame may be a whole one.
        if received > 0, let done = finished() { return done }
        let transfer = receive(read)
        switch transfer {
        case .wouldBlock: return .wouldBlock
        case .closed: return .closed
        case .moved(let count): received += count
        }
        return finished() ?? .incomplete
    }

    /// Reads once, behind what there is.
    private mutating func receive(
        _ read: (UnsafeMutableRawBufferPointer) -> SocketTransfer
    ) -> SocketTransfer {
        if bytes.isEmpty {
            // Nothing is written to this buffer before the socket's bytes are.
            let likely = usualBytes + usualBytes / 8
            let room = min(max(likely, Self.roomBytesMinimum), Self.roomBytesMaximum)
            var transfer = SocketTransfer.wouldBlock
            bytes = Array(unsafeUninitializedCapacity: room) { buffer, count in
                transfer = read(UnsafeMutableRawBufferPointer(buffer))
                if case .moved(let moved) = transfer { count = moved }
            }
            if bytes.isEmpty { bytes = [] }
            return transfer
        }
        if received == bytes.count { makeRoom() }
        return bytes.withUnsafeMutableBytes {
            read(UnsafeMutableRawBufferPointer(rebasing: $0[received...]))
        }
    }

    /// Doubles the buffer, or adds what the frame still lacks if that is less.
    private mutating func makeRoom() {
        let wanted = (frameBytes ?? HostFrames.headerBytes) - received
        let room = min(wanted, max(received, Self.roomBytesMaximum))
        bytes.append(contentsOf: repeatElement(0, count: room))
    }

    /// Bytes of the frame with its length field; nil before that has come.
    private var frameBytes: Int? {
        guard received >= HostFrames.lengthBytes else { return nil }
        return HostFrames.lengthBytes
            + Int(bytes.withUnsafeBytes { $0.littleEndian(UInt32.self, at: 0) })
    }

    /// Takes the frame out of the buffer when it is whole; nil when it is not yet.
    private mutating func finished() -> Step? {
        guard let total = frameBytes else { return nil }
        guard total >= HostFrames.headerBytes else {
            return .broken(ProtocolBreach("it sent a frame of \(total) bytes"))
        }
        guard total <= HostFrames.lengthBytes + Bounds.frameBytes else {
            return .broken(ProtocolBreach("it announced a frame of \(total) bytes"))
        }
        guard received >= total else { return nil }
        let surplus = received > total ? Array(bytes[total..<received]) : []
        bytes.removeLast(bytes.count - total)
        let frame = bytes
        bytes = surplus
        received = surplus.count
        usualBytes = total
        return .frame(frame)
    }
}
