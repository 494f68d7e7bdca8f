/// Sizes and durations as people write them in scripts and configuration.
package enum Quantity {
    /// Bytes of `32MiB`, `64 KiB`, `10GiB`, `2TiB`, `512B` or a plain number; nil when it is none
    /// of these.
    package static func bytes(_ text: String) -> UInt64? {
        scaled(text, units: sizeUnits, bare: true)
    }

    /// The duration of `100ms`, `2s`, `5m`, `24h` or `7d`; nil when it is none of these.
    package static func duration(_ text: String) -> Duration? {
        scaled(text, units: durationUnits, bare: false)
            .flatMap { Int64(exactly: $0) }.map { .milliseconds($0) }
    }

    /// A unit, and how many of the smallest one it is.
    typealias Unit = (name: String, factor: UInt64)

    /// From the smallest to the largest.
    static let sizeUnits: [Unit] = [
        ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
    ]

    /// From the smallest to the largest.
    static let durationUnits: [Unit] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// - Parameter bare: whether a number without a unit counts in the smallest.
    private static func scaled(_ text: String, units: [Unit], bare: Bool) -> UInt64? {
        // The longest name that fits: `KiB` ends in `B`, and `ms` in `s`.
        let unit = units.filter { text.hasSuffix($0.name) }.max { $0.name.count < $1.name.count }
        guard unit != nil || bare else { return nil }
        var digits = text.dropLast(unit?.name.count ?? 0)
        while digits.last == " " { digits.removeLast() }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = UInt64(digits)
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit?.factor ?? 1)
        return overflow ? nil : product
    }
}
