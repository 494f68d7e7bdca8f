import MoonrailConfiguration
import MoonrailCore
import Testing

struct StationFlagsTests {
    @Test func `what is not said is as in a new station`() throws {
        #expect(try StationFlags().settings() == StationSettings())
        #expect(StationFlags().isEmpty)
    }

    @Test func `every option is read as the file's keys are`() throws {
        var flags = StationFlags()
        flags.partitions = "4"
        flags.retentionAge = "7d"
        flags.retentionBytes = "10GiB"
        flags.retentionEvents = "1000"
        flags.duplicateIDs = "5"
        flags.duplicateAge = "24h"
        #expect(!flags.isEmpty)
        #expect(
            try flags.settings()
                == StationSettings(
                    partitions: 4,
                    retention: Retention(
                        age: .seconds(7 * 86_400), bytes: 10 << 30, events: 1_000),
                    duplicates: DuplicateReach(ids: 5, age: .seconds(86_400))))
    }

    @Test func `none is no bound`() throws {
        var flags = StationFlags()
        flags.retentionAge = "none"
        flags.retentionBytes = "none"
        flags.retentionEvents = "none"
        #expect(try flags.settings().retention.isUnbounded)
    }

    @Test func `all mistakes are told at once and name their options`() {
        var flags = StationFlags()
        flags.partitions = "0"
        flags.retentionAge = "7"
        flags.retentionEvents = "some"
        flags.duplicateAge = "none"
        #expect(
            messages { () throws(ConfigurationError) in _ = try flags.settings() } == [
                "--partitions is '0'; it must be a whole number from 1 to 1024",
                "--retention-age is '7'; it must be a duration from 1s to 36500d, such as 7d, or "
                    + "none",
                "--retention-events is 'some'; it must be a whole number from 1 to "
                    + "1000000000000000, or none",
                "--duplicate-age is 'none'; it must be a duration from 1s to 365d, such as 24h",
            ])
    }
}
