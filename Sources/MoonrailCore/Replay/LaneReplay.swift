/// What becomes of the outputs of events that run again.
package enum ReplayOutputs: String, Codable, Hashable, Sendable, CaseIterable {
    /// They are appended once more, with ids of their own: another generation.
    case append
    /// Those that are missing are appended, under the ids that they would have had; those that are
    /// there stay, and what would be otherwise now is told and not appended.
    case fill
    /// They go to stations of a shadow, beside those that are there, which stay as they are.
    case shadow

    /// The number that stands for it in what is stored.
    fileprivate var code: UInt8 {
        switch self {
        case .append: 1
        case .fill: 2
        case .shadow: 3
        }
    }

    fileprivate init?(code: UInt8) {
        guard let outputs = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = outputs
    }
}

/// A lane's latest reset: where it went back to, and how far it is with what lay in between.
package struct LaneReplay: Hashable, Sendable {
    package var outputs: ReplayOutputs
    /// Where the lane was moved to.
    package var start: Position
    /// Where it stood before. The replay is over when it stands there again.
    package var end: Position
    /// Whether the function's state is still to be made what it was at `start`; nothing runs
    /// before.
    package var isRestoring: Bool
    /// When it was asked for.
    package var time: EventTime
    /// At most so many events a second run while it lasts; nil: as fast as they can.
    package var eventsPerSecond: UInt32?
    /// Of `fill`, what the outputs came to.
    package var found = FillCounts()

    package init(
        _ outputs: ReplayOutputs, from start: Position, to end: Position, isRestoring: Bool,
        at time: EventTime, eventsPerSecond: UInt32? = nil
    ) {
        self.outputs = outputs
        self.start = start
        self.end = end
        self.isRestoring = isRestoring
        self.time = time
        self.eventsPerSecond = eventsPerSecond
    }

    /// Whether a lane at `position` still runs events again.
    package func isUnderWay(at position: Position) -> Bool {
        isRestoring || eventsLeft(at: position) > 0
    }

    /// Whether a lane at `position` has run events behind the end.
    package func isPassed(by position: Position) -> Bool {
        end.offsets.contains { position[$0.key] > $0.value }
    }

    /// Offsets between `position` and the end.
    package func eventsLeft(at position: Position) -> UInt64 {
        Self.distance(from: position, to: end)
    }

    /// Offsets between the start and the end.
    package var events: UInt64 { Self.distance(from: start, to: end) }

    private static func distance(from position: Position, to end: Position) -> UInt64 {
        end.offsets.reduce(0) { sum, input in
            sum + input.value - min(position[input.key], input.value)
        }
    }
}

/// What became of outputs that were to be filled in.
package struct FillCounts: Hashable, Sendable {
    /// They were there as they would be made now.
    package var present: UInt64 = 0
    /// They were missing and were appended.
    package var added: UInt64 = 0
    /// They are there, and would be otherwise now.
    package var differing: UInt64 = 0

    package init() {}

    static func += (left: inout FillCounts, right: FillCounts) {
        left.present += right.present
        left.added += right.added
        left.differing += right.differing
    }
}

extension LaneReplay {
    /// As bytes: a u8 format (1), a u8 of what becomes of outputs (1 append, 2 fill, 3 shadow), two
    /// positions, a u8 of whether state is to be restored, an i64 of microseconds, a u32 of events
    /// a second (0 for none), three u64 counts. Little-endian.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = [1, outputs.code]
        bytes.append(start)
        bytes.append(end)
        bytes.append(isRestoring ? 1 : 0)
        bytes.appendLittleEndian(time.microseconds)
        bytes.appendLittleEndian(eventsPerSecond ?? 0)
        for count in [found.present, found.added, found.differing] {
            bytes.appendLittleEndian(count)
        }
        return bytes
    }

    /// - Returns: nil when the bytes are no replay.
    package init?(encoded bytes: [UInt8]) {
        let read = bytes.withUnsafeBytes { buffer -> LaneReplay? in
            var reader = ByteReader(buffer)
            guard let format = try? reader.integer(UInt8.self), format == 1,
                let outputs = ReplayOutputs(code: (try? reader.integer()) ?? 0),
                let start = reader.position(), let end = reader.position(),
                let isRestoring = try? reader.integer(UInt8.self), isRestoring <= 1,
                let time = try? reader.integer(Int64.self),
                let rate = try? reader.integer(UInt32.self),
                let present = try? reader.integer(UInt64.self),
                let added = try? reader.integer(UInt64.self),
                let differing = try? reader.integer(UInt64.self), reader.remaining == 0
            else { return nil }
            var replay = LaneReplay(
                outputs, from: start, to: end,
                isRestoring: isRestoring == 1, at: EventTime(microseconds: time),
                eventsPerSecond: rate == 0 ? nil : rate)
            replay.found.present = present
            replay.found.added = added
            replay.found.differing = differing
            return replay
        }
        guard let read else { return nil }
        self = read
    }
}
