/// A checksum over events in their order: equal where they say the same, whatever engine keeps them
/// and whatever their offsets are.
///
/// Each event's XXH3 has the sum so far as its seed. Two sequences that differ have one sum by
/// chance once in 10^19.
package struct EventSum: Hashable, Sendable {
    /// Events so far.
    package private(set) var count: UInt64 = 0
    private var hash: UInt64 = 0

    package init() {}

    package mutating func add(_ records: EventRecords) {
        let origins = records.origins.map(Self.hash)
        records.forEachRecord { _, record in
            count += 1
            let origin = record.originStart
            hash = contentHash(record.bytes.part(4..<origin), seed: hash)
            guard let cause = record.origin else {
                return hash = contentHash(
                    record.bytes.part(origin..<record.bytes.count), seed: hash)
            }
            // Which of a batch's origins it has is the batch's own.
            hash = contentHash(record.bytes.part(origin..<origin + 10), seed: hash)
            hash = contentHash(
                record.bytes.part(origin + 12..<record.bytes.count),
                seed: hash ^ origins[cause.originIndex])
        }
    }

    /// 16 hexadecimal digits.
    package var text: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func hash(_ origin: Origin) -> UInt64 {
        let text =
            "\(origin.function.text) \(origin.version.text) \(origin.generation) "
            + "\(origin.station.text) \(origin.partition)"
        return Array(text.utf8).withUnsafeBytes { contentHash($0) }
    }
}
