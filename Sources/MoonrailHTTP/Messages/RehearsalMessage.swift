import MoonrailRuntime

/// What running a script twice over the same events showed.
package struct RehearsalMessage: Codable, Hashable, Sendable {
    /// Events that were run.
    package var events: Int
    /// Where the two runs differ; at most ten.
    package var differences: [Difference]

    /// One event that came out differently.
    package struct Difference: Codable, Hashable, Sendable {
        package var partition: UInt32
        package var offset: UInt64
        package var first: String
        package var second: String
    }

    init(_ report: Rehearsal.Report) {
        events = report.events
        differences = report.differences.map {
            Difference(
                partition: $0.partition, offset: $0.offset, first: $0.first, second: $0.second)
        }
    }
}
