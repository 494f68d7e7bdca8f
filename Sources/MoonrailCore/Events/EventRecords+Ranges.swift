/// Runs of events taken from one batch into another as a whole.
extension EventRecords {
    /// Where the records of `range` lie in `bytes`.
    package func byteRange(_ range: Range<Int>) -> Range<Int> {
        func start(_ index: Int) -> Int { index == count ? bytes.count : starts[index] }
        return start(range.lowerBound)..<start(range.upperBound)
    }

    /// Appends copies of the events in `range` of another batch.
    package mutating func append(_ other: EventRecords, _ range: Range<Int>) {
        let source = other.byteRange(range)
        let shift = bytes.count - source.lowerBound
        let first = count
        bytes.append(contentsOf: other.bytes[source])
        starts.append(contentsOf: other.starts[range].lazy.map { $0 + shift })
        guard !other.origins.isEmpty else { return }
        moveOrigins(of: first..<count, to: other.origins.map { index(of: $0) })
    }
}
