/// Everything that a run of consecutive events caused, written as one.
package struct Settlement: Sendable {
    package let claim: LaneClaim
    /// Where the lane stands before; the engine refuses the settlement when it stands elsewhere.
    package var from: Position
    package var to: Position
    package var appends: [StationAppend]
    package var journal: JournalRecord
    package var counts: LaneCounts

    package init(
        claim: LaneClaim, from: Position, to: Position, appends: [StationAppend],
        journal: JournalRecord, counts: LaneCounts
    ) {
        self.claim = claim
        self.from = from
        self.to = to
        self.appends = appends
        self.journal = journal
        self.counts = counts
    }
}

/// Events for one station, in order. An unkeyed event goes to partition number
/// `unkeyedPartition` modulo the station's count.
package struct StationAppend: Sendable {
    package let station: StationName
    package var records: EventRecords
    package var unkeyedPartition: UInt32
    /// For each record the number, in its settlement, of the input event that caused it; empty
    /// when no settlement did.
    package var causes: [Int]

    package init(
        station: StationName, records: EventRecords = EventRecords(),
        unkeyedPartition: UInt32 = 0, causes: [Int] = []
    ) {
        self.station = station
        self.records = records
        self.unkeyedPartition = unkeyedPartition
        self.causes = causes
    }
}

/// What the inputs alone don't tell about a settlement: which were taken, in which order, by which
/// version, and the verdicts of the machine rather than of the script. A replay follows it.
package struct JournalRecord: Hashable, Sendable {
    package var version: FunctionVersion
    package var taken: [Taken]
    package var verdicts: [Verdict]

    /// Consecutive events of one input station.
    package struct Taken: Hashable, Sendable {
        package var station: StationName
        package var first: UInt64
        package var last: UInt64

        package init(station: StationName, first: UInt64, last: UInt64) {
            self.station = station
            self.first = first
            self.last = last
        }
    }

    /// An event that became a dead letter for what the machine said of it: a limit, a host's death.
    package struct Verdict: Hashable, Sendable {
        package var station: StationName
        package var offset: UInt64
        package var kind: FunctionFault.Kind

        package init(station: StationName, offset: UInt64, kind: FunctionFault.Kind) {
            self.station = station
            self.offset = offset
            self.kind = kind
        }
    }

    package init(version: FunctionVersion, taken: [Taken], verdicts: [Verdict] = []) {
        self.version = version
        self.taken = taken
        self.verdicts = verdicts
    }
}

extension JournalRecord {
    /// The record as bytes: a u8 format (1), text version, u32 count of runs taken, each a text
    /// station and two u64 offsets, u32 count of verdicts, each a text station, a u64 offset and a
    /// u8 kind. Little-endian; a text is a u32 length and that many bytes.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = [1]
        bytes.appendText(version.text)
        bytes.appendLittleEndian(UInt32(taken.count))
        for run in taken {
            bytes.appendText(run.station.text)
            bytes.appendLittleEndian(run.first)
            bytes.appendLittleEndian(run.last)
        }
        bytes.appendLittleEndian(UInt32(verdicts.count))
        for verdict in verdicts {
            bytes.appendText(verdict.station.text)
            bytes.appendLittleEndian(verdict.offset)
            bytes.append(verdict.kind.rawValue)
        }
        return bytes
    }

    /// - Returns: nil when the bytes are no journal record.
    package init?(encoded bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        do {
            guard try reader.integer(UInt8.self) == 1 else { return nil }
            self.init(version: FunctionVersion(text: try reader.text()), taken: [])
            for _ in 0..<(try reader.integer(UInt32.self)) {
                let station = try StationName(try reader.text())
                let first = try reader.integer(UInt64.self)
                taken.append(Taken(station: station, first: first, last: try reader.integer()))
            }
            for _ in 0..<(try reader.integer(UInt32.self)) {
                let station = try StationName(try reader.text())
                let offset = try reader.integer(UInt64.self)
                guard let kind = FunctionFault.Kind(rawValue: try reader.integer()) else {
                    return nil
                }
                verdicts.append(Verdict(station: station, offset: offset, kind: kind))
            }
            guard reader.remaining == 0 else { return nil }
        } catch {
            return nil
        }
    }
}
