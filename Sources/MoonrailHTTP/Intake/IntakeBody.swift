import Hummingbird
import MoonrailCore
import NIOCore

/// The body of a produce request, followed by the readable bytes that the JSON parser needs.
package struct IntakeBody: Sendable {
    private let buffer: ByteBuffer
    /// Bytes of the body itself.
    package let count: Int

    package init(_ body: ByteBuffer) {
        count = body.readableBytes
        var padded = body
        padded.writeRepeatingByte(0, count: LineDocument.padding)
        buffer = padded
    }

    /// Collects the body of a request.
    ///
    /// A body that is too large is read on for a while all the same: a client that first writes all
    /// and then reads would never see the answer otherwise.
    ///
    /// - Throws: `Problem` when it is over `IntakeBounds.bodyBytes`.
    init(of request: Request) async throws {
        var buffer = ByteBuffer()
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        let room = min(max(0, announced), IntakeBounds.bodyBytes)
        buffer.reserveCapacity(room + LineDocument.padding)
        var count = 0
        for try await part in request.body {
            count += part.readableBytes
            if count <= IntakeBounds.bodyBytes {
                buffer.writeImmutableBuffer(part)
            } else {
                buffer.clear()
                guard count <= IntakeBounds.discardedBytes else { break }
            }
        }
        guard count <= IntakeBounds.bodyBytes else { throw Self.tooLarge }
        self.init(buffer)
    }

    /// Calls `body` with all bytes, behind which the padding is readable.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        buffer.withUnsafeReadableBytes { body($0.part(0, count)) }
    }

    private static let tooLarge = Problem.tooLarge(
        "the body is over \(IntakeBounds.bodyBytes) bytes; send the events in several requests")
}
