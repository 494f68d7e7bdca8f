import MoonrailCore
import Synchronization

/// The last offset of each key of partitions in which somebody asked for one's.
///
/// The broker has no index of keys: a partition is read once from its beginning, and then from where it
/// was left.
final class KeyOffsets: Sendable {
    private struct Place: Hashable {
        let station: StationName
        let partition: UInt32
    }

    struct Known: Sendable {
        var offsets: [NameHash: UInt64] = [:]
        /// Where the rest of the partition begins.
        var next: UInt64 = 0
    }

    private let partitions = Mutex<[Place: Known]>([:])

    /// Keys of one partition kept at most, at about 40 bytes each; beyond it, it is read anew each time.
    private static let most = 2_000_000

    func known(_ station: StationName, _ partition: UInt32) -> Known {
        let place = Place(station: station, partition: partition)
        return partitions.withLock { $0[place] } ?? Known()
    }

    func keep(_ known: Known, _ station: StationName, _ partition: UInt32) {
        let place = Place(station: station, partition: partition)
        partitions.withLock { partitions in
            guard known.offsets.count <= Self.most else {
                partitions[place] = nil
                return
            }
            if partitions[place]?.next ?? 0 <= known.next { partitions[place] = known }
        }
    }

    func forget(_ station: StationName) {
        partitions.withLock { partitions in
            for place in partitions.keys where place.station == station { partitions[place] = nil }
        }
    }
}
