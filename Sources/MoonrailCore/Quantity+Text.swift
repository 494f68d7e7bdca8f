extension Quantity {
    /// The size as `bytes(_:)` reads it, in the largest unit that needs no fraction.
    package static func text(bytes: UInt64) -> String {
        text(bytes, units: sizeUnits)
    }

    /// The duration, which is of whole milliseconds, as `duration(_:)` reads it.
    package static func text(duration: Duration) -> String {
        text(UInt64(duration / .milliseconds(1)), units: durationUnits)
    }

    private static func text(_ amount: UInt64, units: [Unit]) -> String {
        let unit = units.last { amount >= $0.factor && amount.isMultiple(of: $0.factor) }
        return unit.map { "\(amount / $0.factor)\($0.name)" } ?? "0\(units[0].name)"
    }
}
