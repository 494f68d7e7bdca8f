import Foundation
import Glibc
import MoonrailTestSupport
import Testing

/// Clients that take their time, or take all that there is.
@Suite struct SlowClientTests {
    @Test func `a head that never ends is answered with 408`() async throws {
        try await NetworkWorker.with { worker, _ in
            let connection = try RawConnection(port: worker.port)
            connection.send("GET /v1/worker HTTP/1.1\r\nHost: localhost\r\nX-A: ")
            let answer = try await connection.answerBesides()
            #expect(answer?.status == 408)
            #expect(answer?.body.contains("/problems/too-slow") == true)
            #expect(try connection.bytesToEnd().isEmpty)
        }
    }

    @Test func `a body that comes a byte at a time is answered with 408`() async throws {
        try await NetworkWorker.with { worker, _ in
            let connection = try RawConnection(port: worker.port)
            connection.send(
                "POST /v1/stations/s/events HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Length: 100000\r\n\r\n")
            let dripping = Task {
                while !Task.isCancelled, try await connection.drip() {}
            }
            let answer = try await connection.answerBesides()
            dripping.cancel()
            #expect(answer?.status == 408)
            #expect(try worker.ask("GET", "/v1/stations/s").status == 200)
        }
    }

    @Test func `a client that says nothing is let go without a word`() async throws {
        try await NetworkWorker.with { worker, _ in
            let connection = try RawConnection(port: worker.port)
            #expect(try await connection.answerBesides() == nil)
        }
    }

    @Test func `five hundred slow clients leave the others served`() async throws {
        try await NetworkWorker.with { worker, _ in
            // In a process of their own: this one has the sockets of many tests.
            let slow = try SlowClients(count: 500, port: worker.port)
            defer { slow.stop() }
            for number in 0..<100 {
                let answer = try worker.ask(
                    "POST", "/v1/stations/healthy/events", body: "{\"n\":\(number)}\n")
                #expect(answer.status == 200)
            }
            let read = try worker.ask("GET", "/v1/stations/healthy")
            #expect(read.body.contains("\"events\":100"))
        }
    }

    @Test func `connections over the bound are told so, and others take their place`()
        async throws
    {
        try await NetworkWorker.with(config: "http:\n  connections: 4\n") { worker, _ in
            var held = try (0..<4).map { _ in try RawConnection(port: worker.port) }
            for connection in held {
                connection.send("GET /v1/worker HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try connection.answer()?.status == 200)
            }
            let refused = try worker.ask("GET", "/v1/worker")
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == "1")
            #expect(refused.body.contains("/problems/too-many-connections"))
            held = []
            // The server learns of each that left one after another.
            var status = 503
            for _ in 0..<500 where status == 503 {
                status = try worker.ask("GET", "/v1/worker").status
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(status == 200)
        }
    }

    @Test func `too many requests without reading an answer are answered with 429`()
        async throws
    {
        try await NetworkWorker.with { worker, _ in
            let connection = try RawConnection(port: worker.port)
            let request = "GET /v1/worker HTTP/1.1\r\nHost: localhost\r\n\r\n"
            connection.send(String(repeating: request, count: 200))
            var statuses: [Int] = []
            while let answer = try connection.answer() { statuses.append(answer.status) }
            #expect(statuses.dropLast().allSatisfy { $0 == 200 })
            #expect(statuses.last == 429)
            #expect((2..<200).contains(statuses.count))
        }
    }

    @Test func `a body that a route does not take is 413, and the next request finds its place`()
        async throws
    {
        try await NetworkWorker.with { worker, _ in
            let connection = try RawConnection(port: worker.port)
            let body = String(repeating: " ", count: 100_000)
            connection.send(
                "PUT /v1/stations/s HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                    + "GET /v1/worker HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try connection.answer()?.status == 413)
            #expect(try connection.answer()?.status == 200)
        }
    }

    @Test func `a body that breaks off before its end stores nothing`() async throws {
        try await NetworkWorker.with { worker, _ in
            for end in ["", "zz\r\n"] {
                let connection = try RawConnection(port: worker.port)
                // The first answer keeps the second request waiting until its body is broken.
                connection.send(
                    "GET /v1/worker HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        + "POST /v1/stations/s/events HTTP/1.1\r\nHost: localhost\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n" + end)
                connection.endSending()
                #expect(try connection.answer()?.status == 200)
                #expect(try connection.answer()?.status == 400)
                #expect(try connection.answer() == nil)
            }
            let whole = try worker.ask("POST", "/v1/stations/s/events", body: "{}\n")
            #expect(whole.status == 200)
            let station = try worker.ask("GET", "/v1/stations/s").body
            #expect(station.contains("\"events\":1"), "\(station)")
        }
    }

    @Test func `who asks whether to go on is told to`() async throws {
        try await NetworkWorker.with { worker, _ in
            let connection = try RawConnection(port: worker.port)
            connection.send(
                "POST /v1/stations/s/events HTTP/1.1\r\nHost: localhost\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(try connection.answer()?.status == 100)
            connection.send("{}\n")
            #expect(try connection.answer()?.status == 200)
        }
    }
}

/// A process that holds connections: half of them have sent half a head, half of them half a body.
private final class SlowClients {
    private static let script = """
        import socket, sys
        held = []
        for number in range(int(sys.argv[1])):
            held.append(socket.create_connection(("127.0.0.1", int(sys.argv[2]))))
            held[-1].sendall(
                b"GET /v1/worker HTTP/1.1\\r\\nHost: loc" if number % 2 else
                b"POST /v1/stations/s/events HTTP/1.1\\r\\nHost: localhost\\r\\n"
                b"Content-Length: 100\\r\\n\\r\\n{}\\n")
        print("held", flush=True)
        sys.stdin.read()
        """

    private let process = Process()

    /// Returns once all connections are there.
    init(count: Int, port: Int) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", Self.script, "\(count)", "\(port)"]
        process.standardOutput = output
        process.standardInput = Pipe()
        try process.run()
        var said = Data()
        while said != Data("held\n".utf8) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty || process.isRunning else {
                let status = process.terminationStatus
                throw SocketClient.Broken(what: "slow clients ended with \(status): \(said)")
            }
            said += more
        }
    }

    func stop() { process.terminate() }
}

extension RawConnection {
    /// Sends one byte, and waits.
    ///
    /// - Returns: whether to go on.
    fileprivate func drip() async throws -> Bool {
        send(" ")
        try await Task.sleep(for: .milliseconds(200))
        return true
    }

    /// Waits for the answer on a thread of its own, so that others may send meanwhile.
    fileprivate func answerBesides() async throws -> Answer? {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try self.answer() }) }
        }
    }
}
