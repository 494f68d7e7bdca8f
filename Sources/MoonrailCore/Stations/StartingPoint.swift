/// A place in a station's partitions, as people say it: `earliest`, `latest`, `-N`, an offset, or a
/// time.
package enum StartingPoint: Hashable, Sendable {
    case earliest
    /// Behind the last event that is there now.
    case latest
    /// The last so many events of each partition.
    case last(UInt64)
    case offset(UInt64)
    /// The first event that was appended at this time or later.
    case time(EventTime)

    /// The offset in one partition.
    ///
    /// - Throws: as `StationLog.seek`.
    package func offset(
        in partition: UInt32, _ summary: PartitionSummary, of station: StationName,
        _ log: any StationLog
    ) async throws(EngineError) -> UInt64 {
        switch self {
        case .earliest: summary.earliest
        case .latest: summary.next
        case .last(let count): max(summary.earliest, summary.next - min(count, summary.next))
        case .offset(let offset): offset
        case .time(let time): try await log.seek(station, partition: partition, to: time)
        }
    }
}
