import MoonrailCore

extension Quantity {
    /// The size as `bytes(_:)` reads it, in the largest unit that needs no fraction.
    static func text(bytes: UInt64) -> String {
        text(bytes, units: [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)])
    }

    /// The duration, which is of whole milliseconds, as `duration(_:)` reads it.
    static func text(duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = UInt64(seconds) * 1_000 + UInt64(attoseconds / 1_000_000_000_000_000)
        return text(
            milliseconds, units: [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)])
    }

    private static func text(_ amount: UInt64, units: [(name: String, factor: UInt64)]) -> String {
        let unit = units.first { amount >= $0.factor && amount.isMultiple(of: $0.factor) }
        return unit.map { "\(amount / $0.factor)\($0.name)" } ?? "0\(units[units.count - 1].name)"
    }
}
