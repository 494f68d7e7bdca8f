import AsyncHTTPClient
import FoundationEssentials
import Glibc
import MoonrailCore
import MoonrailHTTP
import NIOCore
import NIOHTTP1

/// Calls the API and turns its problems into errors.
struct APIClient: Sendable {
    /// The server went away and has not taken the request, or it does no harm to send it again.
    struct ServerLeft: Error {
        let reason: any Error
    }

    /// Where the API is, and as whom it is called.
    struct Server: Sendable {
        /// What stands before the path.
        let url: String
        /// The value of the header of this name.
        let authorization: String?
        /// Whether it is asked over the network.
        let isRemote: Bool

        init(url: String, authorization: String?) {
            self.url = url
            self.authorization = authorization
            isRemote = true
        }

        /// - Parameter socket: path of the socket of the process that owns the data directory.
        init(socket: String) {
            url = "http+unix://" + Route.encoded(socket)
            authorization = nil
            isRemote = false
        }
    }

    let http: HTTPClient
    let server: Server

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
    ///
    /// - Parameter began: called when the answer begins.
    func stream(
        _ route: Route, began: () -> Void = {}, _ part: (ByteBuffer) async throws -> Void
    ) async throws {
        try await withAnswer(to: route) { answer in
            began()
            for try await buffer in answer.body { try await part(buffer) }
        }
    }

    private func withAnswer<Result: Sendable>(
        to route: Route, _ body: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        do {
            return try await body(try await Self.accepted(try await execute(route)))
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch let error where Self.isBroken(error) {
            throw CommandFailure(
                .unavailable,
                "the process that serves the API ended before it had answered "
                    + "(\(error)); what was sent last may or may not be stored")
        }
    }

    private func execute(_ route: Route) async throws -> HTTPClientResponse {
        do {
            return try await http.execute(
                route.request(to: server), deadline: .distantFuture)
        } catch let error where Self.isAbsence(error) {
            throw ServerLeft(reason: error)
        } catch let error where Self.isBroken(error) {
            if route.isRepeatable { throw ServerLeft(reason: error) }
            throw error
        } catch let error where server.isRemote && !Self.isCancelled(error) {
            // Names that are unknown, hosts that don't answer, certificates that are refused.
            throw ServerLeft(reason: error)
        }
    }

    /// - Throws: `Problem` when the API answered with one.
    private static func accepted(_ answer: HTTPClientResponse) async throws -> HTTPClientResponse {
        guard answer.status.code >= 400 else { return answer }
        let body = try await answer.body.collect(upTo: answerBytes)
        guard answer.headers.first(name: "content-type") == Problem.mediaType else {
            throw CommandFailure(
                .failed,
                "the server answered with \(answer.status) and no reason; is it Moonrail's?")
        }
        throw try JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView))
    }

    private static func isCancelled(_ error: any Error) -> Bool {
        error is CancellationError || (error as? HTTPClientError) == .cancelled
    }

    /// Nobody was there to connect to.
    private static func isAbsence(_ error: any Error) -> Bool {
        guard let error = error as? IOError else { return false }
        return error.errnoCode == ENOENT || error.errnoCode == ECONNREFUSED
    }

    /// The connection broke off.
    private static func isBroken(_ error: any Error) -> Bool {
        error is IOError || error is ChannelError || error is HTTPParserError
            || (error as? HTTPClientError) == .remoteConnectionClosed
    }
}
