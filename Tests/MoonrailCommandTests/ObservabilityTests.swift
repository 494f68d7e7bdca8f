import Foundation
import MoonrailTestSupport
import Testing

/// `/metrics` and `examples/observability`, with Prometheus' own programs.
@Suite struct ObservabilityTests {
    private static let bin = ".build/prometheus/usr/bin/"
    private static let stopping = """
        return {
          from = "raw", to = "clean", on_failure = "stop",
          handler = function(event) return { n = event.data.n + 1 } end,
        }
        """

    /// A worker whose function has stopped in front of an event, with one that waits behind it.
    private static func withStoppedFunction(
        _ body: (Workplace, _ socket: String) async throws -> Void
    ) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/f.lua", stopping)
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            try await place.command.run(
                "produce", "raw", "--id", "n",
                input: "{\"n\":1}\n{\"n\":1}\n{\"n\":\"x\"}\n{\"n\":2}\n")
            let socket = place.data.appendingPathComponent("moonrail.sock").path
            for _ in 0..<1_000 {
                let shown = try SocketClient.send("GET", "/v1/functions/f", to: socket)
                if shown.body.contains("\"state\":\"paused\"") { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            try await body(place, socket)
            worker.send(SIGTERM)
            #expect(try await worker.finish().status == 0)
        }
    }

    @Test func `metrics tell what happened to stations, functions, store and process`() async throws
    {
        try await Self.withStoppedFunction { _, socket in
            let answer = try SocketClient.send("GET", "/metrics", to: socket)
            let lines = Set(answer.body.split(separator: "\n").map(String.init))
            for line in [
                "moonrail_station_events{station=\"raw\"} 3",
                "moonrail_station_appended_total{station=\"raw\"} 3",
                "moonrail_station_duplicates_total{station=\"raw\"} 1",
                "moonrail_station_events{station=\"clean\"} 1",
                "moonrail_function_processed_total{function=\"f\"} 1",
                "moonrail_function_lag_events{function=\"f\"} 2",
                "moonrail_function_running{function=\"f\"} 0",
                "moonrail_function_stalled{function=\"f\"} 1",
                "moonrail_function_host_restarts_total{function=\"f\"} 0",
                "moonrail_function_latency_seconds_count{function=\"f\"} 1",
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            for name in [
                "moonrail_function_info{", "moonrail_function_handler_seconds_bucket{",
                "moonrail_store_flush_seconds_count", "moonrail_store_commit_events_sum",
                "moonrail_store_bytes{file=\"store\"}", "process_resident_memory_bytes",
                "process_start_time_seconds", "moonrail_build_info{version=",
                "moonrail_station_oldest_event_timestamp_seconds{station=\"raw\"}",
            ] {
                #expect(answer.body.contains("\n" + name), "\(name)")
            }
        }
    }

    @Test(.enabled(if: Repository.has(bin + "promtool")))
    func `promtool finds nothing to say about metrics and rules`() async throws {
        try await Self.withStoppedFunction { place, socket in
            let answer = try SocketClient.send("GET", "/metrics", to: socket)
            let promtool = Repository.file(Self.bin + "promtool")
            let metrics = try await ToolProcess.run(
                promtool, ["check", "metrics"], input: answer.body)
            #expect(metrics.status == 0 && metrics.output.isEmpty, "\(metrics.output)")
            let example = place.folder.appendingPathComponent("example")
            try FileManager.default.copyItem(
                atPath: Repository.file("examples/observability"), toPath: example.path)
            try Data().write(to: example.appendingPathComponent("token"))
            let rules = try await ToolProcess.run(
                promtool,
                ["check", "config", example.appendingPathComponent("prometheus.yaml").path])
            #expect(rules.status == 0, "\(rules.output)")
            #expect(rules.output.contains("SUCCESS: 9 rules found"), "\(rules.output)")
        }
    }

    @Test(.enabled(if: Repository.has(bin + "prometheus")))
    func `a function that has stopped raises the alert of the example`() async throws {
        try await Self.withStoppedFunction { place, socket in
            let watched = try await ToolProcess.run(
                "/usr/bin/python3",
                [
                    Repository.file("Tests/Contract/observe.py"), socket, place.folder.path,
                    Repository.file(Self.bin + "prometheus"),
                    Repository.file("examples/observability"), "MoonrailFunctionStalled", "f",
                ])
            #expect(watched.status == 0, "\(watched.output)")
        }
    }
}
