/// Everything that is measured while it happens, under the names of Prometheus. What can be read
/// from the store is told when somebody asks (`docs/api.md` has all of them).
package enum Measurement: String, CaseIterable, Sendable {
    case commitSeconds = "moonrail_store_commit_seconds"
    case flushSeconds = "moonrail_store_flush_seconds"
    case commitRequests = "moonrail_store_commit_requests"
    case commitEvents = "moonrail_store_commit_events"
    case duplicates = "moonrail_station_duplicates_total"
    case handlerSeconds = "moonrail_function_handler_seconds"
    case latencySeconds = "moonrail_function_latency_seconds"
    case deadLetters = "moonrail_function_dead_letters_total"

    package enum Kind: Sendable {
        case counter
        /// Its values are counted by the upper bounds of buckets, in ascending order.
        case histogram(buckets: [Double])
    }

    package var kind: Kind {
        switch self {
        case .commitSeconds, .flushSeconds:
            .histogram(
                buckets: [
                    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
                ])
        case .commitRequests: .histogram(buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256])
        case .commitEvents:
            .histogram(buckets: [1, 4, 16, 64, 256, 1_024, 4_096, 16_384])
        case .handlerSeconds:
            .histogram(
                buckets: [
                    0.000_001, 0.000_002_5, 0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.000_1,
                    0.000_25, 0.001, 0.01, 0.1, 1, 10,
                ])
        case .latencySeconds:
            .histogram(
                buckets: [
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3_600,
                ])
        case .duplicates, .deadLetters: .counter
        }
    }

    /// What it tells, in a sentence.
    package var help: String {
        switch self {
        case .commitSeconds: "How long a commit took, its flush included."
        case .flushSeconds: "How long the flush of a commit took."
        case .commitRequests: "Requests that shared a commit, and so a flush."
        case .commitEvents: "Events that a commit brought."
        case .duplicates: "Events that producers sent again, under ids that the station knew."
        case .handlerSeconds: "How long the handler took for an event, of a sample of events."
        case .latencySeconds:
            "From when an event was appended until it was settled: once a second, of the oldest "
                + "event of a lane's commit."
        case .deadLetters: "Events that became dead letters since the worker began, by reason."
        }
    }
}
