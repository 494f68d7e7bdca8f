/// The events that a lane takes in one turn, in the order in which it takes them.
package struct LaneBatch: Sendable {
    /// One part for each input station that had events.
    package let parts: [StoredEvents]
    package let count: Int

    package init(_ parts: [StoredEvents]) {
        self.parts = parts
        count = parts.reduce(0) { $0 + $1.count }
    }

    /// Calls `body` for each part that `range` touches, with the part's number, the events of it
    /// that lie in the range, and the number that its first event has in the batch.
    package func forEachPart<Failure: Error>(
        in range: Range<Int>,
        _ body: (_ part: Int, _ local: Range<Int>, _ base: Int) throws(Failure) -> Void
    ) throws(Failure) {
        var base = 0
        for (number, part) in parts.enumerated() {
            let local = range.clamped(to: base..<base + part.count)
            if !local.isEmpty {
                try body(number, local.lowerBound - base..<local.upperBound - base, base)
            }
            base += part.count
        }
    }

    /// Calls `body` with the record of event number `index`; the view must not leave the call.
    package func withRecord<Result>(_ index: Int, _ body: (EventRecord) -> Result) -> Result {
        let (part, local) = place(index)
        return parts[part].records.withRecord(local, body)
    }

    /// The largest of the numbers of functions that the events' causes went through.
    package func hopsMaximum(in range: Range<Int>) -> UInt16 {
        var maximum: UInt16 = 0
        forEachPart(in: range) { number, local, _ in
            parts[number].records.forEachRecord(in: local) { _, record in
                maximum = max(maximum, record.hops)
            }
        }
        return maximum
    }

    /// The latest time of the events in a range that is not empty.
    package func latestTime(in range: Range<Int>) -> EventTime {
        var latest = EventTime(microseconds: .min)
        forEachPart(in: range) { number, local, _ in
            parts[number].records.forEachRecord(in: local) { _, record in
                latest = max(latest, record.time)
            }
        }
        return latest
    }

    /// Where event number `index` was read.
    package func inputPlace(_ index: Int) -> InputPlace {
        let (part, local) = place(index)
        return InputPlace(station: parts[part].station, offset: parts[part].offsets[local])
    }

    /// The key of event number `index`; nil when it has none.
    package func key(_ index: Int) -> [UInt8]? {
        withRecord(index) { $0.key.map(Array.init) }
    }

    /// The part that event number `index` lies in, and its number there.
    package func place(_ index: Int) -> (part: Int, local: Int) {
        var local = index
        for (number, part) in parts.enumerated() {
            if local < part.count { return (number, local) }
            local -= part.count
        }
        preconditionFailure("event \(index) of a batch of \(count)")
    }

    /// The position after the first `count` events, for a lane that was at `position` before.
    package func position(after count: Int, from position: Position) -> Position {
        var position = position
        forEachPart(in: 0..<count) { number, local, _ in
            let part = parts[number]
            position[part.station] = part.offsets[local.upperBound - 1] + 1
        }
        return position
    }
}
