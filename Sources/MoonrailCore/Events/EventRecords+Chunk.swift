/// The body of a stored chunk (format in `docs/formats.md`).
extension EventRecords {
    /// What is written. Format 1, which had zero in the checksum's place, is read too.
    package static let chunkFormat: UInt16 = 2
    /// Where the checksum stands, and where what it covers beyond the fields before it begins.
    private static let checksumAt = 4
    private static let headerBytes = 8

    /// A chunk that is not what was written.
    package struct CorruptChunk: Error, CustomStringConvertible {
        package let description: String
    }

    /// The batch as the body of one chunk.
    package var chunk: [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(bytes.count + 64 + origins.count * 256)
        body.appendLittleEndian(Self.chunkFormat)
        body.appendLittleEndian(UInt16(origins.count))
        body.appendLittleEndian(UInt32(0))
        for origin in origins {
            body.appendText(origin.function.text)
            body.appendText(origin.version.text)
            body.appendLittleEndian(origin.generation)
            body.appendText(origin.station.text)
            body.appendLittleEndian(origin.partition)
        }
        body.append(contentsOf: bytes)
        body.storeLittleEndian(
            body.withUnsafeBytes { Self.checksum($0) }, at: Self.checksumAt)
        return body
    }

    /// Appends the events of a chunk from number `first` on, while `wants` answers true before one.
    ///
    /// - Parameters:
    ///   - count: how many events the chunk's row says it holds.
    ///   - wants: called before each event, with the batch's size if it takes that event too.
    /// - Returns: how many events were appended.
    /// - Throws: `CorruptChunk` when the body is not what was written or holds other than `count`
    ///   events; of a body whose checksum is wrong nothing was appended.
    package mutating func appendEvents(
        ofChunk body: UnsafeRawBufferPointer, count: Int, from first: Int,
        while wants: (_ events: Int, _ bytes: Int) -> Bool
    ) throws(CorruptChunk) -> Int {
        try Self.checkHeader(body)
        var reader = ByteReader(body)
        let map: [UInt16]
        do {
            map = try readOrigins(&reader)
        } catch {
            throw (error as? CorruptChunk) ?? CorruptChunk(description: "its origins are cut off")
        }
        var at = reader.index
        // Where the records that are taken start in the body; they are copied as one.
        var found: [Int] = []
        found.reserveCapacity(max(0, count - first))
        var wantsMore = true
        for number in 0..<count {
            guard let record = EventRecord(startOf: body.part(at, body.count - at)) else {
                throw CorruptChunk(description: "event \(number) of \(count) is not a whole record")
            }
            if let origin = record.origin, origin.originIndex >= map.count {
                throw CorruptChunk(description: "an event's origin is not in the chunk's table")
            }
            let end = at + record.bytes.count
            if number >= first {
                let size = bytes.count + end - (found.first ?? at)
                wantsMore = wants(self.count + found.count + 1, size)
                if !wantsMore { break }
                found.append(at)
            }
            at = end
        }
        guard at == body.count || !wantsMore else {
            throw CorruptChunk(description: "\(body.count - at) bytes follow its last event")
        }
        append(body, found, to: at, places: map)
        return found.count
    }

    /// Refuses a body of another format, and one that is not what was written.
    private static func checkHeader(_ body: UnsafeRawBufferPointer) throws(CorruptChunk) {
        guard body.count >= headerBytes else {
            throw CorruptChunk(description: "it has \(body.count) bytes, too few for its header")
        }
        let format = body.littleEndian(UInt16.self, at: 0)
        let stored = body.littleEndian(UInt32.self, at: checksumAt)
        switch format {
        case 1:
            // A second format's body that lost its format field must not pass unchecked.
            guard stored == 0 else {
                throw CorruptChunk(description: "its format is 1, but it has a checksum")
            }
        case chunkFormat:
            guard stored == checksum(body) else {
                throw CorruptChunk(description: "its checksum does not match")
            }
        default:
            throw CorruptChunk(
                description: "its format is \(format), not 1 to \(chunkFormat)")
        }
    }

    /// Over the whole body but the checksum itself; the fields before it are the hash's seed.
    private static func checksum(_ body: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(
            truncatingIfNeeded: contentHash(
                body.part(headerBytes, body.count - headerBytes),
                seed: UInt64(body.littleEndian(UInt32.self, at: 0))))
    }

    /// Appends the records that start at `found` in `body`, the last of which ends at `end`.
    ///
    /// - Parameter places: where the origins of the body's table stand in this batch's.
    private mutating func append(
        _ body: UnsafeRawBufferPointer, _ found: [Int], to end: Int, places: [UInt16]
    ) {
        guard let start = found.first else { return }
        let shift = bytes.count - start
        let number = count
        bytes.append(contentsOf: body.part(start, end - start))
        starts.append(contentsOf: found.lazy.map { $0 + shift })
        moveOrigins(of: number..<count, to: places)
    }

    /// Has records that came from another batch point into this one's table of origins.
    mutating func moveOrigins(of range: Range<Int>, to places: [UInt16]) {
        // The first part of a batch brings its table along as it is.
        guard places.indices.contains(where: { Int(places[$0]) != $0 }) else { return }
        for number in range {
            let old = withRecord(number) { record in
                record.origin.map { (at: record.originStart + 10, index: $0.originIndex) }
            }
            guard let old else { continue }
            bytes.storeLittleEndian(places[old.index], at: starts[number] + old.at)
        }
    }

    /// Reads a chunk's table of origins and answers where each stands in this batch's table.
    private mutating func readOrigins(_ reader: inout ByteReader) throws -> [UInt16] {
        try reader.skip(2)
        let count = try reader.integer(UInt16.self)
        try reader.skip(4)
        var map: [UInt16] = []
        for _ in 0..<count {
            let function = try reader.text()
            let version = try reader.text()
            let generation = try reader.integer(UInt32.self)
            let station = try reader.text()
            let partition = try reader.integer(UInt32.self)
            guard let function = try? FunctionName(function),
                let station = try? StationName(station)
            else { throw CorruptChunk(description: "an origin holds an invalid name") }
            map.append(
                index(
                    of: Origin(
                        function: function, version: FunctionVersion(text: version),
                        generation: generation, station: station, partition: partition)))
        }
        return map
    }
}
