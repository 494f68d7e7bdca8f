import Foundation
import Glibc
import MoonrailTestSupport
import Testing

/// Bytes that are no request, sent as they are.
@Suite struct MalformedRequestTests {
    @Test func `what is no request is answered so, and the next client is served`() async throws {
        #expect(MalformedRequest.all.count >= 60)
        try await NetworkWorker.with { worker, _ in
            for request in MalformedRequest.all {
                let connection = try RawConnection(port: worker.port)
                connection.send(request.bytes)
                connection.endSending()
                let answer = try #require(try connection.answer(), "\(request.name)")
                #expect(
                    request.statuses.contains(answer.status),
                    "\(request.name): \(answer.status) \(answer.body)")
                #expect(
                    answer.headers["content-type"] == "application/problem+json", "\(request.name)")
                #expect(answer.headers["connection"] == "close", "\(request.name)")
                // Nothing of what follows is taken for another request.
                #expect(try connection.bytesToEnd().isEmpty, "\(request.name)")
                #expect(try worker.ask("GET", "/v1/worker").status == 200, "\(request.name)")
            }
            // None of the bodies came to anything.
            let station = try worker.ask("GET", "/v1/stations/s").body
            #expect(station.contains("\"events\":0"), "\(station)")
            #expect(!worker.process.errorsSoFar.contains("unexpected"))
        }
    }

    @Test func `a request behind a body that is too short is not taken from it`() async throws {
        try await NetworkWorker.with { worker, _ in
            let connection = try RawConnection(port: worker.port)
            connection.send(
                "POST /v1/stations/s/events HTTP/1.1\r\nHost: localhost\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n0\r\n\r\n"
                    + "GET /v1/worker HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "GET /v1/.. HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "GET /v1/worker HTTP/1.1\r\nHost: localhost\r\n\r\n")
            // Each in its turn; nothing comes behind the one that was refused.
            #expect(try connection.answer()?.status == 200)
            #expect(try connection.answer()?.status == 200)
            #expect(try connection.answer()?.status == 400)
            #expect(try connection.answer() == nil)
        }
    }

    @Test func `random bytes end no worker`() async throws {
        let generator = SeededGenerator.printed()
        try await NetworkWorker.with { worker, _ in
            let whole = Array(
                ("POST /v1/stations/s/events?key=a HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n"
                    + "Transfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"
                    + "3\r\n{}\n\r\n0\r\nT:\r\n\r\n").utf8)
            var random = generator
            for _ in 0..<300 {
                var bytes = whole
                for _ in 0..<random.number(1...4) {
                    let at = random.number(0...bytes.count - 1)
                    switch random.number(0...2) {
                    case 0: bytes[at] = .random(in: .min ... .max, using: &random)
                    case 1: bytes.remove(at: at)
                    default: bytes.insert(.random(in: .min ... .max, using: &random), at: at)
                    }
                }
                let connection = try RawConnection(port: worker.port)
                connection.send(bytes)
                connection.endSending()
                let answer = try connection.bytesToEnd()
                let text = String(decoding: answer, as: UTF8.self)
                #expect(
                    answer.isEmpty || text.hasPrefix("HTTP/1.1 2") || text.hasPrefix("HTTP/1.1 4")
                        || text.hasPrefix("HTTP/1.1 505"), "\(text)")
            }
            #expect(try worker.ask("GET", "/v1/worker").status == 200)
        }
    }
}
