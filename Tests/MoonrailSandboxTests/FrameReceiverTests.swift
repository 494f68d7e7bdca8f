import MoonrailCore
import MoonrailSandbox
import Testing

@Suite struct FrameReceiverTests {
    @Test func `frames that come in pieces of any size come out whole and in order`() throws {
        var random = SeededRandom("pieces")
        for _ in 0..<200 {
            let frames = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                ReplyFrame.frame(131, random.bytes(0...(Bool.random(using: &random) ? 10 : 9_000)))
            }
            var stream = Stream(bytes: frames.flatMap { $0 })
            var receiver = FrameReceiver()
            var received: [[UInt8]] = []
            let pieceMaximum = [1, 7, 4_096, 100_000].randomElement(using: &random) ?? 1
            while received.count < frames.count {
                let piece = Int.random(in: 1...pieceMaximum, using: &random)
                switch receiver.step({ stream.read(into: $0, atMost: piece) }) {
                case .frame(let frame): received.append(frame)
                case .incomplete: continue
                case .wouldBlock, .closed, .broken: Issue.record("the frames did not come")
                }
            }
            #expect(received == frames)
            #expect(receiver.isBetweenFrames)
        }
    }

    @Test func `a frame of several megabytes is collected`() throws {
        let frame = ReplyFrame.frame(131, Array(repeating: 7, count: 5 << 20))
        var stream = Stream(bytes: frame)
        var receiver = FrameReceiver()
        while true {
            let step = receiver.step { stream.read(into: $0, atMost: 99_999) }
            guard case .frame(let received) = step else { continue }
            #expect(received == frame)
            return
        }
    }

    @Test(arguments: [UInt32(0), 7, UInt32(Bounds.frameBytes) + 1, .max])
    func `a length that no frame has is a breach`(length: UInt32) {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(length)
        var stream = Stream(bytes: bytes)
        var receiver = FrameReceiver()
        guard case .broken = receiver.step({ stream.read(into: $0, atMost: 4) }) else {
            return #expect(Bool(false), "\(length) was accepted")
        }
    }

    @Test func `a closed or empty socket is told apart from a frame`() {
        var receiver = FrameReceiver()
        guard case .wouldBlock = receiver.step({ _ in .wouldBlock }) else {
            return #expect(Bool(false))
        }
        guard case .closed = receiver.step({ _ in .closed }) else { return #expect(Bool(false)) }
        #expect(receiver.isBetweenFrames)
    }

    /// Bytes that a socket would bring.
    struct Stream {
        var bytes: [UInt8]
        var index = 0

        mutating func read(
            into room: UnsafeMutableRawBufferPointer, atMost piece: Int
        ) -> SocketTransfer {
            let count = min(room.count, piece, bytes.count - index)
            guard count > 0 else { return .wouldBlock }
            bytes.withUnsafeBytes {
                room.copyMemory(from: .init(rebasing: $0[index..<index + count]))
            }
            index += count
            return .moved(count)
        }
    }
}
