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
    /// - Throws: `Problem` when it is over `IntakeBounds.bodyBytes`.
    init(of request: Request) async throws {
        var buffer = ByteBuffer()
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= IntakeBounds.bodyBytes else { throw Self.tooLarge }
        buffer.reserveCapacity(max(0, announced) + LineDocument.padding)
        for try await part in request.body {
            guard buffer.readableBytes + part.readableBytes <= IntakeBounds.bodyBytes else {
                throw Self.tooLarge
            }
            buffer.writeImmutableBuffer(part)
        }
        self.init(buffer)
    }

    /// Calls `body` with all bytes, behind which the padding is readable.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        buffer.withUnsafeReadableBytes { body($0.part(0, count)) }
    }

    private static let tooLarge = Problem.tooLarge(
        "the body is over \(IntakeBounds.bodyBytes) bytes; send the events in several requests")
}
