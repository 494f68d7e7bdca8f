/// Which of a lane's replays made the outputs of which events: the ids of emissions hang on it.
///
/// A replay that appends begins a generation at the offsets where it begins. What lies before
/// them keeps the one that it had.
package struct Generations: Hashable, Sendable {
    /// A generation, and where a lane begins to take what is its.
    package struct Beginning: Hashable, Sendable {
        package var generation: UInt32
        package var position: Position

        package init(generation: UInt32, position: Position) {
            self.generation = generation
            self.position = position
        }
    }

    /// In the order in which they came to be; none before the first replay that appended.
    package private(set) var beginnings: [Beginning]

    /// More are refused: each begins behind the one before, as those that don't are replaced.
    package static let most = 1_000

    package init(_ beginnings: [Beginning] = []) {
        self.beginnings = beginnings
    }

    /// The generation of what the event at `offset` of `station` makes.
    package func generation(of station: StationName, at offset: UInt64) -> UInt32 {
        beginnings.last { $0.position[station] <= offset }?.generation ?? 0
    }

    /// The first of `offsets` that belong to one generation, and which it is.
    package func run(
        of station: StationName, from index: Int, in offsets: [UInt64]
    ) -> (generation: UInt32, end: Int) {
        let generation = generation(of: station, at: offsets[index])
        guard beginnings.count > 1 || beginnings.first?.position[station] != 0,
            !beginnings.isEmpty
        else { return (generation, offsets.count) }
        let end = offsets[index...].firstIndex {
            self.generation(of: station, at: $0) != generation
        }
        return (generation, end ?? offsets.count)
    }

    /// Has a generation begin at `position`; those that begin there or later have nothing any more.
    package mutating func begin(_ generation: UInt32, at position: Position) {
        beginnings.removeAll { earlier in
            position.offsets.allSatisfy { earlier.position[$0.key] >= $0.value }
        }
        beginnings.append(Beginning(generation: generation, position: position))
    }
}

extension Generations {
    /// As bytes: a u8 format (1), a u32 count, and of each a u32 generation and its position.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = [1]
        bytes.appendLittleEndian(UInt32(beginnings.count))
        for beginning in beginnings {
            bytes.append(beginning)
        }
        return bytes
    }

    /// - Returns: nil when the bytes are no generations.
    package init?(encoded bytes: [UInt8]) {
        let read = bytes.withUnsafeBytes { buffer -> [Beginning]? in
            var reader = ByteReader(buffer)
            guard let format = try? reader.integer(UInt8.self), format == 1,
                let count = try? reader.integer(UInt32.self), count <= Self.most
            else { return nil }
            var beginnings: [Beginning] = []
            for _ in 0..<count {
                guard let beginning = reader.beginning() else { return nil }
                beginnings.append(beginning)
            }
            return reader.remaining == 0 ? beginnings : nil
        }
        guard let read else { return nil }
        self.init(read)
    }
}

extension [UInt8] {
    /// Appends a u32 generation and a position.
    mutating func append(_ beginning: Generations.Beginning) {
        appendLittleEndian(beginning.generation)
        append(beginning.position)
    }

    /// Appends a position: a u32 count, and of each station its name as a text and a u64 offset, in
    /// the order of the names.
    mutating func append(_ position: Position) {
        appendLittleEndian(UInt32(position.offsets.count))
        for (station, offset) in position.offsets.sorted(by: { $0.key < $1.key }) {
            appendText(station.text)
            appendLittleEndian(offset)
        }
    }
}

extension ByteReader {
    /// A generation and a position as they were appended; nil when the bytes are none.
    mutating func beginning() -> Generations.Beginning? {
        guard let generation = try? integer(UInt32.self), let position = position() else {
            return nil
        }
        return Generations.Beginning(generation: generation, position: position)
    }

    /// A position as it was appended; nil when the bytes are none.
    mutating func position() -> Position? {
        guard let count = try? integer(UInt32.self), count <= remaining else { return nil }
        var position = Position()
        for _ in 0..<count {
            guard let text = try? text(), let station = try? StationName(text),
                let offset = try? integer(UInt64.self)
            else { return nil }
            position.offsets[station] = offset
        }
        return position
    }
}
