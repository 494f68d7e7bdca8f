/// Sizes and durations as people write them in scripts and configuration.
package enum Quantity {
    /// Bytes of `32MiB`, `64 KiB`, `1GiB`, `512B` or a plain number; nil when it is none of these.
    package static func bytes(_ text: String) -> UInt64? {
        scaled(text, units: [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)])
    }

    /// The duration of `100ms`, `2s`, `5m` or `24h`; nil when it is none of these.
    package static func duration(_ text: String) -> Duration? {
        scaled(
            text, units: [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)], bare: false
        )
        .flatMap { Int64(exactly: $0) }.map { .milliseconds($0) }
    }

    private static func scaled(
        _ text: String, units: [(suffix: String, factor: UInt64)], bare: Bool = true
    ) -> UInt64? {
        let unit = units.first { text.hasSuffix($0.suffix) }
        guard unit != nil || bare else { return nil }
        var digits = text.dropLast(unit?.suffix.count ?? 0)
        while digits.last == " " { digits.removeLast() }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = UInt64(digits)
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit?.factor ?? 1)
        return overflow ? nil : product
    }
}
