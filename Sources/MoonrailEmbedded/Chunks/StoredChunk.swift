import MoonrailCore

/// A decoded chunk: events of one partition with gapless offsets, never altered and shared by all
/// who read them.
package struct StoredChunk: Sendable {
    /// Offset of the first event.
    package let first: UInt64
    package let records: EventRecords
    /// Each event's offset, ready to be handed out without a copy.
    package let offsets: [UInt64]

    package init(first: UInt64, records: EventRecords) {
        self.first = first
        self.records = records
        offsets = Array(first..<first + UInt64(records.count))
    }

    /// The offset after the last event.
    package var end: UInt64 { first + UInt64(offsets.count) }

    /// Memory that it holds, about: records, their starts and offsets, and what four small heap
    /// objects cost whatever they hold.
    package var cost: Int { records.bytes.count + 16 * offsets.count + 400 }
}

extension StoredEvents {
    /// Whether `bounds` leave no room for another event.
    package func fills(_ bounds: ReadBounds) -> Bool {
        count >= bounds.events || records.bytes.count >= bounds.bytes
    }

    /// Appends the events of `chunk` from `offset` on, as many as `bounds` allow; all of a whole
    /// chunk, as the first of this read, without copying them. A single event over the bytes is
    /// taken when it is the first of all.
    ///
    /// - Parameter offset: one inside the chunk.
    /// - Returns: whether the chunk's last event was taken.
    package mutating func take(
        _ chunk: StoredChunk, from offset: UInt64, within bounds: ReadBounds
    ) -> Bool {
        let skipped = Int(offset - chunk.first)
        let room = bounds.bytes - records.bytes.count
        var taken = min(chunk.records.count - skipped, bounds.events - count)
        guard taken > 0 else { return false }
        if chunk.records.byteRange(skipped..<skipped + taken).count > room {
            let start = chunk.records.byteRange(skipped..<skipped).lowerBound
            // How many records end within the room.
            taken =
                chunk.records.starts[skipped + 1..<skipped + taken]
                .prefix { $0 - start <= room }.count
            if taken == 0 && isEmpty { taken = 1 }
        }
        if isEmpty && taken == chunk.records.count {
            records = chunk.records
            offsets = chunk.offsets
        } else if taken > 0 {
            records.append(chunk.records, skipped..<skipped + taken)
            offsets += chunk.offsets[skipped..<skipped + taken]
        }
        return skipped + taken == chunk.records.count
    }
}
