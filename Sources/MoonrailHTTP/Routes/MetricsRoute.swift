import Hummingbird
import MoonrailCore
import MoonrailRuntime
import NIOCore

/// `GET /metrics`: what functions and their lanes have done, for Prometheus.
struct MetricsRoute: Sendable {
    let operations: Operations

    private static let mediaType = "text/plain; version=0.0.4"

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/metrics", access: .operate, "Tells all measurements, for Prometheus.",
                answers: [
                    RouteAnswer(
                        200, "In Prometheus' text format.",
                        [RouteContent(Self.mediaType, .text())])
                ])
        ) { _, _ in
            let text = await Self.text(
                functions: operations.functions.functions(),
                lanes: try await operations.engine.lanes())
            return Response(
                status: .ok, headers: [.contentType: Self.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }

    static func text(functions: [FunctionStatus], lanes: [LaneSummary]) -> String {
        var metrics = MetricsText()
        func addStates(
            _ name: String, _ help: String, _ value: (FunctionStatus) -> UInt64
        ) {
            metrics.add(
                name, .gauge, help,
                functions.map { ([("function", $0.name.text)], value($0)) })
        }
        addStates("moonrail_function_running", "1 while the function runs.") {
            $0.state == .running ? 1 : 0
        }
        addStates(
            "moonrail_function_deployment_failed",
            "1 while what lies in the functions directory can't be deployed."
        ) { $0.failedDeployment != nil || $0.state.name == "failed" ? 1 : 0 }
        metrics.add(
            "moonrail_function_host_deaths_total", .counter,
            "Processes of the function that died since the worker began.",
            functions.map { ([("function", $0.name.text)], $0.hostDeaths) })
        for counter in counters {
            metrics.add(
                counter.name, counter.kind, counter.help,
                lanes.map { lane in
                    let labels = [
                        (name: "function", value: lane.lane.function.text),
                        (name: "partition", value: String(lane.lane.partition)),
                    ]
                    return (labels, counter.value(lane))
                })
        }
        return metrics.text
    }

    private struct Counter: Sendable {
        let name: String
        let kind: MetricsText.Kind
        let help: String
        let value: @Sendable (LaneSummary) -> UInt64
    }

    private static let counters: [Counter] = [
        Counter(
            name: "moonrail_lane_lag", kind: .gauge, help: "Events that wait for the function."
        ) { $0.lag },
        Counter(
            name: "moonrail_lane_processed_total", kind: .counter,
            help: "Events that the function has settled."
        ) { $0.counts.processed },
        Counter(
            name: "moonrail_lane_emitted_total", kind: .counter,
            help: "Events that it appended to its outputs."
        ) { $0.counts.emitted },
        Counter(
            name: "moonrail_lane_dropped_total", kind: .counter,
            help: "Events that caused nothing."
        ) { $0.counts.dropped },
        Counter(
            name: "moonrail_lane_dead_letters_total", kind: .counter,
            help: "Events that failed."
        ) { $0.counts.deadLetters },
        Counter(
            name: "moonrail_lane_dead_letters_pending", kind: .gauge,
            help: "Dead letters that nobody resent or skipped yet."
        ) { $0.counts.pending },
    ]
}
