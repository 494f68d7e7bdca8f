/// The body of a stored chunk (format in `docs/formats.md`).
extension EventRecords {
    /// What is written of records as they are, and of records that a codec packed. Format 1, which
    /// had zero in the checksum's place, is read too.
    private enum ChunkFormat: UInt16 {
        case unchecked = 1
        case plain = 2
        case packed = 3

        /// The fields before the origins.
        var headerBytes: Int { self == .packed ? 12 : 8 }
    }

    /// Where the checksum stands, and where what it covers beyond the fields before it begins.
    private static let checksumAt = 4
    private static let checkedFrom = 8
    /// Where a packed chunk says how many bytes its records have.
    private static let recordBytesAt = 8
    /// Records of fewer bytes stay as they are: one or two events have little in common.
    private static let packedBytesMin = 1_024
    /// The longest header, from which `recordBytes(ofChunk:stored:)` tells what it does.
    package static let chunkHeaderBytes = ChunkFormat.packed.headerBytes

    /// A chunk that is not what was written.
    package struct CorruptChunk: Error, CustomStringConvertible {
        package let description: String
    }

    /// The batch as the body of one chunk: packed, unless that saves less than an eighth.
    package func chunk(packedBy codec: some ChunkCodec) -> [UInt8] {
        var body = packed(by: codec) ?? plain
        body.storeLittleEndian(
            body.withUnsafeBytes { Self.checksum($0) }, at: Self.checksumAt)
        return body
    }

    private var plain: [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(bytes.count + 64 + origins.count * 256)
        appendHeader(.plain, to: &body)
        body.append(contentsOf: bytes)
        return body
    }

    private func packed(by codec: some ChunkCodec) -> [UInt8]? {
        guard (Self.packedBytesMin...Bounds.packedChunkBytes).contains(bytes.count) else {
            return nil
        }
        var header: [UInt8] = []
        appendHeader(.packed, to: &header)
        return codec.packed(bytes, behind: header)
    }

    private func appendHeader(_ format: ChunkFormat, to body: inout [UInt8]) {
        body.appendLittleEndian(format.rawValue)
        body.appendLittleEndian(UInt16(origins.count))
        body.appendLittleEndian(UInt32(0))
        if format == .packed { body.appendLittleEndian(UInt32(bytes.count)) }
        for origin in origins {
            body.appendText(origin.function.text)
            body.appendText(origin.version.text)
            body.appendLittleEndian(origin.generation)
            body.appendText(origin.station.text)
            body.appendLittleEndian(origin.partition)
        }
    }

    /// The events of a chunk.
    ///
    /// - Parameter count: how many events the chunk's row says it holds.
    /// - Throws: `CorruptChunk` when the body is not what was written or holds other than `count`
    ///   events. A wrong checksum is found before anything else is made of the body.
    package init(
        chunk body: UnsafeRawBufferPointer, count: Int, codec: some ChunkCodec
    ) throws(CorruptChunk) {
        self.init()
        let format = try Self.checkedFormat(body)
        var reader = ByteReader(body)
        let places: [UInt16]
        do {
            places = try readOrigins(&reader, headerBytes: format.headerBytes)
        } catch {
            throw (error as? CorruptChunk) ?? CorruptChunk(description: "its origins are cut off")
        }
        let records = body.part(reader.index, reader.remaining)
        bytes =
            format == .packed
            ? try Self.unpacked(
                records, count: Int(body.littleEndian(UInt32.self, at: Self.recordBytesAt)), codec)
            : Array(records)
        try findRecords(count, origins: places.count)
        moveOrigins(of: 0..<count, to: places)
    }

    /// How many bytes the records of a chunk have, as its header says, which nobody has checked: to
    /// tell what reading it will take.
    ///
    /// - Parameters:
    ///   - start: the first `chunkHeaderBytes` of its body, or all of a shorter one.
    ///   - stored: bytes of the whole body.
    package static func recordBytes(ofChunk start: UnsafeRawBufferPointer, stored: Int) -> Int {
        guard start.count >= chunkHeaderBytes,
            start.littleEndian(UInt16.self, at: 0) == ChunkFormat.packed.rawValue
        else { return stored }
        return Int(start.littleEndian(UInt32.self, at: recordBytesAt))
    }

    private static func unpacked(
        _ packed: UnsafeRawBufferPointer, count: Int, _ codec: some ChunkCodec
    ) throws(CorruptChunk) -> [UInt8] {
        guard count <= Bounds.packedChunkBytes else {
            throw CorruptChunk(description: "its records are said to have \(count) bytes")
        }
        guard let raw = codec.unpacked(packed, count: count) else {
            throw CorruptChunk(description: "its records can't be unpacked")
        }
        return raw
    }

    /// Finds where each of the `count` records in `bytes` starts.
    private mutating func findRecords(_ count: Int, origins: Int) throws(CorruptChunk) {
        // A damaged row may say any number.
        starts.reserveCapacity(min(count, bytes.count / EventRecord.fixedBytes))
        var at = 0
        for number in 0..<count {
            let next = bytes.withUnsafeBytes { buffer -> (end: Int, origin: Int?)? in
                EventRecord(startOf: buffer.part(at, buffer.count - at)).map {
                    (at + $0.bytes.count, $0.origin?.originIndex)
                }
            }
            guard let next else {
                throw CorruptChunk(description: "event \(number) of \(count) is not a whole record")
            }
            if let origin = next.origin, origin >= origins {
                throw CorruptChunk(description: "an event's origin is not in the chunk's table")
            }
            starts.append(at)
            at = next.end
        }
        guard at == bytes.count else {
            throw CorruptChunk(description: "\(bytes.count - at) bytes follow its last event")
        }
    }

    /// Refuses a body of another format, and one that is not what was written.
    private static func checkedFormat(
        _ body: UnsafeRawBufferPointer
    ) throws(CorruptChunk) -> ChunkFormat {
        guard body.count >= checkedFrom else {
            throw CorruptChunk(description: "it has \(body.count) bytes, too few for its header")
        }
        let number = body.littleEndian(UInt16.self, at: 0)
        guard let format = ChunkFormat(rawValue: number) else {
            throw CorruptChunk(
                description: "its format is \(number), not 1 to \(ChunkFormat.packed.rawValue)")
        }
        let stored = body.littleEndian(UInt32.self, at: checksumAt)
        if format == .unchecked {
            // Another format's body that lost its format field must not pass unchecked.
            guard stored == 0 else {
                throw CorruptChunk(description: "its format is 1, but it has a checksum")
            }
        } else {
            guard stored == checksum(body) else {
                throw CorruptChunk(description: "its checksum does not match")
            }
        }
        return format
    }

    /// Over the whole body but the checksum itself; the fields before it are the hash's seed.
    private static func checksum(_ body: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(
            truncatingIfNeeded: contentHash(
                body.part(checkedFrom, body.count - checkedFrom),
                seed: UInt64(body.littleEndian(UInt32.self, at: 0))))
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
    private mutating func readOrigins(
        _ reader: inout ByteReader, headerBytes: Int
    ) throws -> [UInt16] {
        try reader.skip(2)
        let count = try reader.integer(UInt16.self)
        try reader.skip(headerBytes - reader.index)
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
