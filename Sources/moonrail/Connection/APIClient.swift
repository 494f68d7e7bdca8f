import AsyncHTTPClient
import FoundationEssentials
import Glibc
import MoonrailCore
import MoonrailHTTP
import NIOCore
import NIOHTTP1

/// Calls the API and turns its problems into errors.
struct APIClient: Sendable {
    let http: HTTPClient
    let socket: String
    let connection: LocalConnection

    /// Most bytes of an answer that is held in memory: that to a body of nothing but bad lines.
    private static let answerBytes = 64 << 20

    /// Calls a route and decodes its answer.
    func send<Answer: Decodable & Sendable>(
        _ route: Route, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        let body = try await send(route)
        return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
    }

    /// Calls a route and returns its answer as it came.
    func send(_ route: Route) async throws -> ByteBuffer {
        try await withAnswer(to: route) { try await $0.body.collect(upTo: Self.answerBytes) }
    }

    /// Calls a route whose answer may be without end, and passes on each part of it.
    func stream(
        _ route: Route, _ part: (ByteBuffer) async throws -> Void
    ) async throws {
        try await withAnswer(to: route) { answer in
            for try await buffer in answer.body { try await part(buffer) }
        }
    }

    private func withAnswer<Result: Sendable>(
        to route: Route, _ body: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        do {
            let answer: HTTPClientResponse
            do {
                answer = try await execute(route)
            } catch let error as IOError where Self.isAbsence(error) {
                // The command that served the directory ended between two requests. Nothing of
                // this one was sent, so whoever owns the directory next may have it, even we.
                return try await connection.withServer {
                    try await body(try await Self.accepted(try await execute(route)))
                }
            }
            return try await body(try await Self.accepted(answer))
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch let error where error is HTTPClientError || error is IOError {
            throw CommandFailure(
                .unavailable,
                "the process that serves the data directory ended before it had answered "
                    + "(\(error)); what was sent last may or may not be stored")
        }
    }

    private func execute(_ route: Route) async throws -> HTTPClientResponse {
        try await http.execute(route.request(socket: socket), deadline: .distantFuture)
    }

    /// - Throws: `Problem` when the API answered with one.
    private static func accepted(_ answer: HTTPClientResponse) async throws -> HTTPClientResponse {
        guard answer.status.code >= 400 else { return answer }
        let body = try await answer.body.collect(upTo: answerBytes)
        throw try JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView))
    }

    private static func isAbsence(_ error: IOError) -> Bool {
        error.errnoCode == ENOENT || error.errnoCode == ECONNREFUSED
    }
}
