import Foundation
import MoonrailTestSupport
import Testing

/// The CloudEvents SDK of Python as a client.
@Suite struct CloudEventsClientTests {
    @Test(.enabled(if: PythonClient.hasPackages, "make test installs what it needs"))
    func `what the SDK sends in any mode comes out equal`() async throws {
        let place = try WorkerPlace()
        defer { place.remove() }
        let worker = try await place.startWorker()
        let result = try await PythonClient.run("cloudevents_client.py", [place.socket])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output == "12\n")
        worker.send(SIGTERM)
        #expect(try await worker.finish().status == 0)
    }
}
