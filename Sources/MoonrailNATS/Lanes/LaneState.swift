import MoonrailCore

/// How a lane stands after a message of its log.
struct LaneState: Hashable, Sendable {
    /// How far a lane has come in a station, which is another one once it was made again.
    struct Place: Hashable, Sendable {
        var next: UInt64
        /// When the station was made.
        var created: EventTime
        /// Whether the latest claim reads it.
        var isInput: Bool
    }

    var generation: UInt32 = 0
    /// When the lane settled last before the latest claim, by the broker's clock; nil: never.
    var settledBefore: EventTime?
    /// Records of its journal.
    var settlements: UInt64 = 0
    var counts = LaneCounts()
    var places: [StationName: Place] = [:]

    /// Where the stations stand that the latest claim reads.
    var position: Position {
        Position(places.filter(\.value.isInput).mapValues(\.next))
    }

    func encode(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(generation)
        bytes.appendLittleEndian(settledBefore?.microseconds ?? .min)
        bytes.appendLittleEndian(settlements)
        for count in LaneState.counts { bytes.appendLittleEndian(counts[keyPath: count]) }
        bytes.appendLittleEndian(UInt32(places.count))
        for (station, place) in places.sorted(by: { $0.key < $1.key }) {
            bytes.appendText(station.text)
            bytes.appendLittleEndian(place.next)
            bytes.appendLittleEndian(place.created.microseconds)
            bytes.append(place.isInput ? 1 : 0)
        }
    }

    init() {}

    init(_ reader: inout ByteReader) throws {
        generation = try reader.integer()
        let settled = try reader.integer(Int64.self)
        settledBefore = settled == .min ? nil : EventTime(microseconds: settled)
        settlements = try reader.integer()
        for count in LaneState.counts { counts[keyPath: count] = try reader.integer() }
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let station = try StationName(try reader.text())
            let next = try reader.integer(UInt64.self)
            let created = EventTime(microseconds: try reader.integer())
            let isInput = try reader.integer(UInt8.self) == 1
            places[station] = Place(next: next, created: created, isInput: isInput)
        }
    }

    private static var counts: [WritableKeyPath<LaneCounts, UInt64>] {
        [
            \.processed, \.emitted, \.dropped, \.deadLetters, \.parked, \.resent, \.skipped,
            \.missed,
        ]
    }
}
