import MoonrailCore

/// Brings values into the order in which their table has them.
///
/// Most pairs are told apart by eight bytes, which are compared as a number: those behind what all
/// the keys begin with.
enum SortedPlaces {
    private struct Item {
        let lane: Int64
        let space: UInt8
        let prefix: UInt64
        let place: Int
    }

    static func of(_ places: [Int], _ entry: (Int) -> ValueTable.Entry) -> [Int] {
        let shared = sharedPrefix(places, entry)
        let items = places.map { place in
            let own = entry(place)
            return Item(
                lane: own.lane, space: own.record.space,
                prefix: prefix(of: own.record.key, behind: shared), place: place)
        }
        return items.sorted { one, other in
            if one.lane != other.lane { return one.lane < other.lane }
            if one.space != other.space { return one.space < other.space }
            if one.prefix != other.prefix { return one.prefix < other.prefix }
            return entry(one.place).record.key
                .lexicographicallyPrecedes(entry(other.place).record.key)
        }.map(\.place)
    }

    private static func prefix(of key: UnsafeRawBufferPointer, behind shared: Int) -> UInt64 {
        var prefix: UInt64 = 0
        for at in shared..<shared + 8 {
            prefix = prefix << 8 | (at < key.count ? UInt64(key[at]) : 0)
        }
        return prefix
    }

    /// How many bytes all of the keys begin with.
    private static func sharedPrefix(
        _ places: [Int], _ entry: (Int) -> ValueTable.Entry
    ) -> Int {
        guard let first = places.first.map({ entry($0).record.key }) else { return 0 }
        var shared = first.count
        for place in places {
            let key = entry(place).record.key
            var own = 0
            while own < min(shared, key.count), key[own] == first[own] { own += 1 }
            shared = own
            if shared == 0 { break }
        }
        return shared
    }
}
