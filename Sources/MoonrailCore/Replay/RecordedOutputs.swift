/// What a lane's outputs hold of some of its input events already, found by their causes.
///
/// Flat and sorted, since there may be a million of them: about 56 bytes each.
package struct RecordedOutputs: Sendable {
    /// One event of an output station.
    package struct Entry: Hashable, Sendable {
        /// The event that caused it.
        package var input: InputPlace
        /// Its number among that event's emissions.
        package var emission: UInt16
        /// Index into the stations that were looked through.
        package var output: UInt16
        package var partition: UInt32
        package var offset: UInt64
        package var content: OutputContent

        package init(
            input: InputPlace, emission: UInt16, output: UInt16, partition: UInt32,
            offset: UInt64, content: OutputContent
        ) {
            self.input = input
            self.emission = emission
            self.output = output
            self.partition = partition
            self.offset = offset
            self.content = content
        }
    }

    private var entries: [StationName: [Entry]] = [:]
    /// What timers emitted that fired after those events.
    package var fired = FiredOutputs()

    package init() {}

    package init(_ found: [StationName: [Entry]], fired: FiredOutputs = FiredOutputs()) {
        self.fired = fired
        // Of several with one cause the first counts: a window of duplicates has a bound, and
        // beyond it an id may come again.
        entries = found.mapValues { entries in
            entries.sorted {
                ($0.input.offset, $0.emission, $0.output, $0.partition, $0.offset)
                    < ($1.input.offset, $1.emission, $1.output, $1.partition, $1.offset)
            }
        }
    }

    package var count: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// All that one event caused, in the order of its emissions.
    package func of(_ input: InputPlace) -> ArraySlice<Entry> {
        guard let entries = entries[input.station] else { return [] }
        let first = Self.first(in: entries) { $0.input.offset >= input.offset }
        let end = Self.first(in: entries) { $0.input.offset > input.offset }
        return entries[first..<end]
    }

    /// The first that holds, where those that do come behind those that don't.
    private static func first(in entries: [Entry], where holds: (Entry) -> Bool) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(entries[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// 128 bits of XXH3 over what an emission says: key, type, headers, time, payload, and the id that
/// its script gave it, if it did. Two that differ have one content by chance once in 10^38.
package struct OutputContent: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    private static let seeds: (UInt64, UInt64) = (0, 0x6d6f_6f6e_7261_696c)

    package init(_ record: EventRecord) {
        high = Self.hash(record, Self.seeds.0)
        low = Self.hash(record, Self.seeds.1)
    }

    private static func hash(_ record: EventRecord, _ seed: UInt64) -> UInt64 {
        // Whether the id was derived is not the emission's; that of the payload and key is.
        var flags = record.flags
        flags.remove(.derivedID)
        var hash = contentHash(record.fieldLengths, seed: seed ^ UInt64(flags.rawValue))
        if !record.flags.contains(.derivedID), record.idBytes > 0 {
            hash = contentHash(record.idField, seed: hash)
        }
        hash = contentHash(record.keyTypeAndHeaders, seed: hash)
        return contentHash(record.payload, seed: hash)
    }
}

extension EventRecord {
    /// Lengths of type, key and headers, and the time.
    var fieldLengths: UnsafeRawBufferPointer { bytes.part(5, 13) }

    /// Key, type and headers, as they follow each other.
    var keyTypeAndHeaders: UnsafeRawBufferPointer {
        bytes.part(Self.fixedBytes + idBytes, originStart - Self.fixedBytes - idBytes)
    }
}
