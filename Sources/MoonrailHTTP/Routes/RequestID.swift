import Hummingbird
import Logging
import MoonrailCore

/// The name under which a request is told apart in answers and logs.
package struct RequestID: Hashable, Sendable, CustomStringConvertible {
    /// Most characters of one that is taken over.
    package static let charactersMaximum = 128

    package let text: String

    /// A new one, 32 hexadecimal digits.
    package init() {
        text = (0..<2).map { _ in
            let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// One that a client or a proxy gave.
    ///
    /// - Returns: nil for text that could break a log's line or fill it.
    package init?(given text: String) {
        let isSane = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "="),
                UInt8(ascii: "+"):
                true
            default: false
            }
        }
        guard isSane, (1...Self.charactersMaximum).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// Gives each request an id, that of the client where it sent one, and says it in the answer and
/// in the log.
struct RequestIDMiddleware: RouterMiddleware {
    typealias Context = LocalRequestContext

    let logger: Logger

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let given = request.headers[.xRequestID], let id = RequestID(given: given) {
            context.requestID = id
        }
        let began = ContinuousClock.now
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.requestID.text
        logger.debug(
            "request",
            metadata: [
                "request_id": "\(context.requestID)", "method": "\(request.method.rawValue)",
                "path": "\(request.uri.path)", "status": "\(response.status.code)",
                "seconds": "\((ContinuousClock.now - began) / .seconds(1))",
            ])
        return response
    }
}
