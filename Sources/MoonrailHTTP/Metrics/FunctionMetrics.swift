import MoonrailCore
import MoonrailRuntime

/// What functions and their lanes have done, going by what is stored and how they stand.
package struct FunctionMetrics: Sendable {
    /// A lane that runs stalls when it had something to do for so long and has settled nothing.
    package static let stallTime = Duration.seconds(30)

    private let functions: [(status: FunctionStatus, lanes: [LaneSummary])]
    /// For each lane that is behind, how long the oldest event that waits has been there.
    private let ages: [LaneID: Duration]

    /// - Parameter lanes: all that the engine knows; those of functions that are gone are left out.
    package init(
        _ functions: [FunctionStatus], lanes: [LaneSummary], ages: [LaneID: Duration]
    ) {
        let byFunction = Dictionary(grouping: lanes, by: \.lane.function)
        self.functions = functions.map { ($0, byFunction[$0.name] ?? []) }
        self.ages = ages
    }

    /// Whether a function is behind and does not get on here: a lane of it that has something to do
    /// and that no other worker has does not run, or has settled nothing for `stallTime`.
    package static func isStalled(_ status: FunctionStatus, _ lanes: [LaneSummary]) -> Bool {
        lanes.contains { lane in
            guard lane.lag > 0, status.elsewhere[lane.lane.partition] == nil else { return false }
            return status.sinceProgress[lane.lane.partition].map { $0 >= stallTime } ?? true
        }
    }

    package func add(to text: inout MetricsText) {
        addStates(to: &text)
        text.add(
            "moonrail_function_lag_seconds", .gauge,
            "How long the oldest event that waits for the function has been there.",
            functions.map { status, lanes in
                let oldest = lanes.compactMap { ages[$0.lane] }.max() ?? .zero
                return ([("function", status.name.text)], oldest.inSeconds)
            })
        for counter in Self.counters {
            text.add(
                counter.name, counter.kind, counter.help,
                functions.map { status, lanes in
                    let sum = lanes.reduce(0) { $0 + counter.value($1) }
                    return ([("function", status.name.text)], Double(sum))
                })
        }
    }

    private func addStates(to text: inout MetricsText) {
        func add(
            _ name: String, _ help: String,
            _ isSo: (FunctionStatus, [LaneSummary]) -> Bool
        ) {
            text.add(
                name, .gauge, help,
                functions.map { status, lanes in
                    ([("function", status.name.text)], isSo(status, lanes) ? 1 : 0)
                })
        }
        add("moonrail_function_running", "1 while the function runs.") { status, _ in
            status.state == .running
        }
        add(
            "moonrail_function_deployment_failed",
            "1 while what lies in the functions directory can't be deployed."
        ) { status, _ in status.failedDeployment != nil || status.state.name == "failed" }
        add(
            "moonrail_function_stalled",
            "1 while events wait for the function and it does not get on.", Self.isStalled)
        text.add(
            "moonrail_function_info", .gauge, "The version of the function that runs.",
            functions.compactMap { status, _ in
                status.version.map {
                    ([("function", status.name.text), ("version", $0.text)], 1)
                }
            })
        text.add(
            "moonrail_function_host_restarts_total", .counter,
            "Processes of the function that died and were started again.",
            functions.map { status, _ in
                ([("function", status.name.text)], Double(status.hostDeaths))
            })
    }

    private struct Counter: Sendable {
        let name: String
        let kind: MetricsText.Kind
        let help: String
        let value: @Sendable (LaneSummary) -> UInt64

        init(
            _ name: String, _ kind: MetricsText.Kind, _ help: String,
            _ value: @escaping @Sendable (LaneSummary) -> UInt64
        ) {
            self.name = "moonrail_function_" + name
            self.kind = kind
            self.help = help
            self.value = value
        }
    }

    private static let counters: [Counter] = [
        Counter("lag_events", .gauge, "Events that wait for the function.") { $0.lag },
        Counter("processed_total", .counter, "Events that the function has settled.") {
            $0.counts.processed
        },
        Counter("emitted_total", .counter, "Events that it appended to its outputs.") {
            $0.counts.emitted
        },
        Counter("dropped_total", .counter, "Events that caused nothing.") { $0.counts.dropped },
        Counter("failed_total", .counter, "Events that failed and became dead letters.") {
            $0.counts.deadLetters
        },
        Counter("parked_total", .counter, "Events that wait behind one of their key that failed.") {
            $0.counts.parked
        },
        Counter("missed_total", .counter, "Events that retention removed before it came to them.") {
            $0.counts.missed
        },
        Counter(
            "dead_letters_pending", .gauge, "Dead letters that nobody resent or skipped yet."
        ) { $0.counts.pending },
    ]
}
