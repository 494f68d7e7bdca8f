import Foundation
import MoonrailTestSupport
import Testing

/// The worker as a process: its signals, its lock, its neighbours.
@Suite struct WorkerProcessTests {
    /// Waits until the worker of a data directory serves its socket.
    static func waitForWorker(_ data: URL) async throws {
        let socket = data.appendingPathComponent("moonrail.sock").path
        for _ in 0..<6_000 where !FileManager.default.fileExists(atPath: socket) {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a worker that is asked to stop ends in order`(
        signal: Int32
    ) async throws {
        let line = try TemperatureLine()
        defer { line.remove() }
        try await line.moonrail.run(
            "produce", "weather.fahrenheit", TemperatureLine.events.path, "--key", "city")
        let worker = try line.moonrail.start(["run"])
        try await Self.waitForWorker(line.data)
        worker.send(signal)
        let result = try await worker.finish(within: 60)
        #expect(!result.wasKilled && result.status == 0, "\(result.errors)")
    }

    @Test func `a worker whose time for stopping is over breaks off and loses nothing`()
        async throws
    {
        let folder = try TemporaryDirectory.make("slow")
        defer { try? FileManager.default.removeItem(at: folder) }
        try """
        return { from = "a", to = "b", batch = 32, handler = function(event)
          local sum = 0
          for i = 1, 200000 do sum = sum + i end
          return event.data
        end }
        """.write(
            to: folder.appendingPathComponent("slow.lua"), atomically: true, encoding: .utf8)
        let data = folder.appendingPathComponent("data")
        let moonrail = MoonrailCommand(data: data, functions: folder)
        let numbers = (0..<1_000).map { #"{"n":\#($0)}"# }
        let input = numbers.joined(separator: "\n")
        #expect(try await moonrail.run("produce", "a", input: input).status == 0)
        for _ in 0..<5 {
            // One that broke off may have left its socket.
            try? FileManager.default.removeItem(at: data.appendingPathComponent("moonrail.sock"))
            let worker = try moonrail.start(["run", "--shutdown-timeout", "1ms"])
            try await Self.waitForWorker(data)
            try await Task.sleep(for: .milliseconds(200))
            worker.send(SIGTERM)
            let result = try await worker.finish(within: 30)
            #expect(!result.wasKilled, "\(result.errors)")
        }
        #expect(try await moonrail.run("run", "--until-idle").status == 0)
        let stored = try await moonrail.run("read", "b", "--format", "data")
        #expect(stored.lines == numbers)
    }

    @Test func `a second worker on the same directory is refused and the first goes on`()
        async throws
    {
        let line = try TemperatureLine()
        defer { line.remove() }
        let first = try line.moonrail.start(["run"])
        try await Self.waitForWorker(line.data)
        let second = try await line.moonrail.run("run")
        #expect(second.status == 5)
        #expect(second.errors.contains("is in use by"))
        #expect(second.errors.contains("process \(first.processID)"))
        let produced = try await line.moonrail.run(
            "produce", "weather.fahrenheit", input: #"{"city":"x","time":"2010","temp_f":50}"#)
        #expect(produced.status == 0, "\(produced.errors)")
        first.send(SIGTERM)
        #expect(try await first.finish(within: 10).status == 0)
    }

    @Test func `what is produced while the worker runs comes out without another command`()
        async throws
    {
        let line = try TemperatureLine()
        defer { line.remove() }
        let worker = try line.moonrail.start(["run"])
        try await Self.waitForWorker(line.data)
        // The socket answers before the functions are deployed, and with them their stations.
        for _ in 0..<500 {
            let shown = try await line.moonrail.run("station", "show", "alerts.cold")
            if shown.status == 0 { break }
        }
        let follow = try line.moonrail.start(
            ["read", "alerts.cold", "--follow", "--format", "data", "--limit", "1"])
        try await line.moonrail.run(
            "produce", "weather.fahrenheit",
            input: #"{"city":"x","time":"2010-01-01T00:00:00","temp_f":30}"#)
        let seen = try await follow.finish(within: 30)
        #expect(
            seen.lines == [
                #"{"city":"x","time":"2010-01-01T00:00:00","temp_c":-1.1,"alert":"under 5 °C"}"#
            ])
        worker.send(SIGTERM)
        #expect(try await worker.finish(within: 10).status == 0)
    }

    @Test func `a worker whose functions can't be deployed says why and ends with one`()
        async throws
    {
        let folder = try TemporaryDirectory.make("broken")
        defer { try? FileManager.default.removeItem(at: folder) }
        try "return { from = 'a' ".write(
            to: folder.appendingPathComponent("half.lua"), atomically: true, encoding: .utf8)
        let moonrail = MoonrailCommand(
            data: folder.appendingPathComponent("data"), functions: folder)
        let result = try await moonrail.run("run", "--until-idle")
        #expect(result.status == 1)
        #expect(result.errors.contains("half.lua:1: '}' expected near <eof>"))
    }
}
