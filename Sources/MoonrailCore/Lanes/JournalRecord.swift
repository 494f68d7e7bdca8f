/// What the inputs alone don't tell about a settlement: which were taken, in which order, by which
/// version, the verdicts of the machine rather than of the script, and what became of dead letters.
/// A replay follows it.
package struct JournalRecord: Hashable, Sendable {
    package var version: FunctionVersion
    package var taken: [Taken]
    package var verdicts: [Verdict]
    package var fates: [LetterFate]
    /// Where the lane was moved to; nil when it only went on.
    package var reset: Generations.Beginning?
    /// When the engine wrote it, and what the settlement appended: from the clock's time to the
    /// latest `appended_at`, which are the same unless the clock was set back. Nil until then, and
    /// of records that were written before this was kept.
    package var settled: ClosedRange<EventTime>?

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

    /// What became of a dead letter, named by where its event was read.
    package struct LetterFate: Hashable, Sendable {
        package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
            /// It was run again and has had its effects.
            case resent = 1
            /// It was run again and failed again; it still waits.
            case failedAgain = 2
            /// Somebody decided that it is not to be run.
            case skipped = 3
        }

        package var station: StationName
        package var offset: UInt64
        package var kind: Kind

        package init(station: StationName, offset: UInt64, kind: Kind) {
            self.station = station
            self.offset = offset
            self.kind = kind
        }
    }

    package init(
        version: FunctionVersion, taken: [Taken], verdicts: [Verdict] = [],
        fates: [LetterFate] = [], reset: Generations.Beginning? = nil,
        settled: ClosedRange<EventTime>? = nil
    ) {
        self.version = version
        self.taken = taken
        self.verdicts = verdicts
        self.fates = fates
        self.reset = reset
        self.settled = settled
    }
}

extension JournalRecord {
    private static let hasTimes: UInt8 = 1
    private static let hasReset: UInt8 = 2

    /// The record as bytes: a u8 format (3, or 2 without what comes last), text version, u32 count
    /// of runs taken, each a text station and two u64 offsets, u32 count of verdicts, each a text
    /// station, a u64 offset and a u8 kind, u32 count of dead letters' fates, each likewise, a u8
    /// of what follows: with 1 the times as two i64 of microseconds, with 2 a reset's u32
    /// generation and its position. Little-endian; a text is a u32 length and that many bytes.
    /// Format 2 ended with the fates, format 1 had none.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = [settled == nil && reset == nil ? 2 : 3]
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
        bytes.appendLittleEndian(UInt32(fates.count))
        for fate in fates {
            bytes.appendText(fate.station.text)
            bytes.appendLittleEndian(fate.offset)
            bytes.append(fate.kind.rawValue)
        }
        if settled == nil, reset == nil { return bytes }
        bytes.append((settled == nil ? 0 : Self.hasTimes) | (reset == nil ? 0 : Self.hasReset))
        if let settled {
            bytes.appendLittleEndian(settled.lowerBound.microseconds)
            bytes.appendLittleEndian(settled.upperBound.microseconds)
        }
        if let reset {
            bytes.append(reset)
        }
        return bytes
    }

    /// - Returns: nil when the bytes are no journal record.
    package init?(encoded bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        do {
            let format = try reader.integer(UInt8.self)
            guard (1...3).contains(format) else { return nil }
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
            for _ in 0..<(format == 1 ? 0 : try reader.integer(UInt32.self)) {
                let station = try StationName(try reader.text())
                let offset = try reader.integer(UInt64.self)
                guard let kind = LetterFate.Kind(rawValue: try reader.integer()) else { return nil }
                fates.append(LetterFate(station: station, offset: offset, kind: kind))
            }
            if format == 3 {
                let parts = try reader.integer(UInt8.self)
                guard parts & ~(Self.hasTimes | Self.hasReset) == 0 else { return nil }
                if parts & Self.hasTimes != 0 {
                    let first = EventTime(microseconds: try reader.integer())
                    let last = EventTime(microseconds: try reader.integer())
                    guard first <= last else { return nil }
                    settled = first...last
                }
                if parts & Self.hasReset != 0 {
                    guard let beginning = reader.beginning() else { return nil }
                    reset = beginning
                }
            }
            guard reader.remaining == 0 else { return nil }
        } catch {
            return nil
        }
    }
}
