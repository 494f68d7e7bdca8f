import MoonrailCore
import Testing

struct QuantityTests {
    @Test(arguments: [
        ("0", 0), ("512", 512), ("512B", 512), ("64KiB", 65_536), ("64 KiB", 65_536),
        ("32MiB", 33_554_432), ("1GiB", 1_073_741_824), ("18446744073709551615", UInt64.max),
        ("17179869183GiB", 17_179_869_183 << 30), ("2TiB", 2 << 40),
    ])
    func `a size is bytes`(text: String, bytes: UInt64) {
        #expect(Quantity.bytes(text) == bytes)
    }

    @Test(arguments: [
        "", " ", "B", "KiB", "-1", "+1", "1.5MiB", "1KB", "1kib", "1 K iB", " 1", "0x10", "１",
        "18446744073709551616", "17179869184GiB", "1MiBB",
    ])
    func `what is no size is refused`(text: String) {
        #expect(Quantity.bytes(text) == nil)
    }

    @Test(arguments: [
        ("100ms", Duration.milliseconds(100)), ("0s", .zero), ("2s", .seconds(2)),
        ("5m", .seconds(300)), ("24h", .seconds(86_400)), ("24 h", .seconds(86_400)),
        ("7d", .seconds(7 * 86_400)),
    ])
    func `a duration has a unit`(text: String, duration: Duration) {
        #expect(Quantity.duration(text) == duration)
    }

    @Test(arguments: [
        "", "5", "s", "1.5s", "-1s", "1w", "1 m s", "1S", "5124095576030432h",
        "18446744073709551615ms",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(Quantity.duration(text) == nil)
    }

    @Test(arguments: [
        ("0B", 0), ("1B", 1), ("1023B", 1_023), ("1KiB", 1_024), ("1025B", 1_025),
        ("32MiB", 32 << 20), ("10GiB", 10 << 30), ("1048576TiB", 1 << 60),
    ])
    func `a size is written in the largest unit that needs no fraction`(
        text: String, bytes: UInt64
    ) {
        #expect(Quantity.text(bytes: bytes) == text)
        #expect(Quantity.bytes(text) == bytes)
    }

    @Test(arguments: [
        ("0ms", Duration.zero), ("1ms", .milliseconds(1)), ("1500ms", .milliseconds(1_500)),
        ("90s", .seconds(90)), ("2m", .seconds(120)), ("25h", .seconds(90_000)),
        ("1d", .seconds(86_400)), ("365d", .seconds(31_536_000)),
    ])
    func `a duration is written in the largest unit that needs no fraction`(
        text: String, duration: Duration
    ) {
        #expect(Quantity.text(duration: duration) == text)
        #expect(Quantity.duration(text) == duration)
    }
}
