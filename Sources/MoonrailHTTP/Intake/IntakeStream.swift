import Hummingbird
import NIOCore

/// Reads the body of a produce request piece by piece, so that its first events are on their way to
/// disk while others still come.
struct IntakeStream {
    /// What was read and is not taken yet.
    var body = IntakeBody()
    private var parts: RequestBody.AsyncIterator
    private let announcedBytes: Int?
    private var pieceBytes: Int
    private var count = 0
    private var isAtEnd = false

    init(of request: Request) {
        parts = request.body.makeAsyncIterator()
        announcedBytes = request.headers[.contentLength].flatMap { Int($0) }
        // One that may turn out to be too large is not begun: nothing of it is to be stored.
        pieceBytes = announcedBytes == nil ? .max : IntakeBounds.firstPieceBytes
        body.reserve(min(max(0, announcedBytes ?? 0), 2 * IntakeBounds.pieceBytes))
    }

    /// - Throws: `Problem` when the body says of itself that it is over `IntakeBounds.bodyBytes`.
    func checkLength() throws(Problem) {
        if let announcedBytes, announcedBytes > IntakeBounds.bodyBytes { throw Self.tooLarge }
    }

    /// Reads on until there is a piece of whole lines.
    ///
    /// - Returns: whether there is a line.
    /// - Throws: `Problem` when the body is over `IntakeBounds.bodyBytes`.
    mutating func fill() async throws -> Bool {
        try await fill(to: pieceBytes)
        // What is read while the first piece is written may as well be more.
        pieceBytes = max(pieceBytes, IntakeBounds.pieceBytes)
        return body.count > 0
    }

    /// Reads all that is left.
    ///
    /// - Throws: as `fill`.
    mutating func fillWhole() async throws {
        try await fill(to: .max)
    }

    /// Reads what is left and throws it away: a client that first writes all and then reads would
    /// never see the answer otherwise. After too much of it, the connection is broken off.
    mutating func discard() async {
        while !isAtEnd, count <= IntakeBounds.discardedBytes,
            let part = try? await parts.next()
        {
            count += part.readableBytes
        }
    }

    private mutating func fill(to bytes: Int) async throws {
        while !isAtEnd, body.count < bytes {
            guard let part = try await parts.next() else {
                isAtEnd = true
                // The last line of a body that broke off would be another one, and might be JSON.
                guard announcedBytes ?? count == count else { throw Self.cutOff }
                return body.end()
            }
            count += part.readableBytes
            guard count <= IntakeBounds.bodyBytes else { throw Self.tooLarge }
            body.append(part)
        }
    }

    private static let cutOff = Problem.badRequest("the body ended before its announced length")
    private static let tooLarge = Problem.tooLarge(
        "the body is over \(IntakeBounds.bodyBytes) bytes; send the events in several requests",
        limit: IntakeBounds.bodyBytes)
}
