/// What a record has behind all that those of format 2 had.
private struct RecordParts: OptionSet {
    let rawValue: UInt8
    static let times = RecordParts(rawValue: 1)
    static let reset = RecordParts(rawValue: 2)
    static let watermark = RecordParts(rawValue: 4)
    static let tick = RecordParts(rawValue: 8)
    static let stopped = RecordParts(rawValue: 16)
    static let all: RecordParts = [.times, .reset, .watermark, .tick, .stopped]
}

extension JournalRecord {
    private var parts: RecordParts {
        var parts: RecordParts = []
        if settled != nil { parts.insert(.times) }
        if reset != nil { parts.insert(.reset) }
        if watermark != nil { parts.insert(.watermark) }
        if tick != nil { parts.insert(.tick) }
        if !stopped.isEmpty { parts.insert(.stopped) }
        return parts
    }

    /// The record as bytes: a u8 format (3, or 2 without what comes last), text version, u32 count
    /// of runs taken, each a text station and two u64 offsets, u32 count of verdicts, each a text
    /// station, a u64 offset and a u8 kind, u32 count of dead letters' fates, each likewise, a u8
    /// of what follows: with 1 the times as two i64 of microseconds, with 2 a reset's u32
    /// generation and its position, with 4 the i64 of event time, with 8 a tick's text station and
    /// u64 offset, with 16 a u32 count of timers that were stopped, each a text station, a u64
    /// offset, an i64 time, a text key, a text name and a u8 kind. Little-endian; a text is a u32
    /// length and that many bytes. Format 2 ended with the fates, format 1 had none.
    package var encoded: [UInt8] {
        let parts = parts
        var bytes: [UInt8] = [parts.isEmpty ? 2 : 3]
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
        if parts.isEmpty { return bytes }
        bytes.append(parts.rawValue)
        appendParts(to: &bytes)
        return bytes
    }

    private func appendParts(to bytes: inout [UInt8]) {
        if let settled {
            bytes.appendLittleEndian(settled.lowerBound.microseconds)
            bytes.appendLittleEndian(settled.upperBound.microseconds)
        }
        if let reset { bytes.append(reset) }
        if let watermark { bytes.appendLittleEndian(watermark.microseconds) }
        if let tick {
            bytes.appendText(tick.station.text)
            bytes.appendLittleEndian(tick.offset)
        }
        if stopped.isEmpty { return }
        bytes.appendLittleEndian(UInt32(stopped.count))
        for one in stopped {
            bytes.appendText(one.place.station.text)
            bytes.appendLittleEndian(one.place.offset)
            bytes.appendLittleEndian(one.timer.timer.time.microseconds)
            bytes.appendText(one.timer.key)
            bytes.appendText(one.timer.timer.name)
            bytes.append(one.kind.rawValue)
        }
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
                let place = try reader.place()
                guard let kind = FunctionFault.Kind(rawValue: try reader.integer()) else {
                    return nil
                }
                verdicts.append(Verdict(station: place.station, offset: place.offset, kind: kind))
            }
            for _ in 0..<(format == 1 ? 0 : try reader.integer(UInt32.self)) {
                let place = try reader.place()
                guard let kind = LetterFate.Kind(rawValue: try reader.integer()) else { return nil }
                fates.append(LetterFate(station: place.station, offset: place.offset, kind: kind))
            }
            if format == 3 {
                guard try readParts(&reader) else { return nil }
            }
            guard reader.remaining == 0 else { return nil }
        } catch {
            return nil
        }
    }

    /// - Returns: false when they are none.
    private mutating func readParts(_ reader: inout ByteReader) throws -> Bool {
        let parts = RecordParts(rawValue: try reader.integer())
        guard RecordParts.all.isSuperset(of: parts) else { return false }
        if parts.contains(.times) {
            let first = EventTime(microseconds: try reader.integer())
            let last = EventTime(microseconds: try reader.integer())
            guard first <= last else { return false }
            settled = first...last
        }
        if parts.contains(.reset) {
            guard let beginning = reader.beginning() else { return false }
            reset = beginning
        }
        if parts.contains(.watermark) { watermark = EventTime(microseconds: try reader.integer()) }
        if parts.contains(.tick) { tick = try reader.place() }
        guard parts.contains(.stopped) else { return true }
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let place = try reader.place()
            let time = EventTime(microseconds: try reader.integer())
            let key = try reader.textBytes()
            let timer = StateTimer(time: time, name: try reader.textBytes())
            guard let kind = FunctionFault.Kind(rawValue: try reader.integer()) else {
                return false
            }
            stopped.append(
                StoppedTimer(place: place, timer: KeyedTimer(key: key, timer: timer), kind: kind))
        }
        return !stopped.isEmpty
    }
}

extension ByteReader {
    /// A station's name as a text, and an offset.
    fileprivate mutating func place() throws -> InputPlace {
        let station = try StationName(try text())
        return InputPlace(station: station, offset: try integer())
    }
}
