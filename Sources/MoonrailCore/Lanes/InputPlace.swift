/// Where a lane reads an event; the partition is the lane's.
package struct InputPlace: Hashable, Sendable {
    package var station: StationName
    package var offset: UInt64

    package init(station: StationName, offset: UInt64) {
        self.station = station
        self.offset = offset
    }
}

extension InputPlace {
    /// The place as bytes: a u64 offset, little-endian, and the station's name.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(offset)
        bytes.append(contentsOf: station.text.utf8)
        return bytes
    }

    /// - Returns: nil when the bytes are no place.
    package init?(encoded bytes: [UInt8]) {
        guard bytes.count > 8,
            let station = try? StationName(String(decoding: bytes[8...], as: UTF8.self))
        else { return nil }
        self.init(
            station: station, offset: bytes.withUnsafeBytes { $0.littleEndian(UInt64.self, at: 0) })
    }
}
