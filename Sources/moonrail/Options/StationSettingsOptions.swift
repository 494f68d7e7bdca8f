import ArgumentParser
import MoonrailConfiguration
import MoonrailHTTP

/// What a command line says of a station's settings. They stay texts, so that the reader of the
/// configuration checks them as it checks the file's.
struct StationSettingsOptions: ParsableArguments {
    @Option(help: help("Keep events at least so long, such as 7d; none for ever.", "time"))
    var retentionAge: String?

    @Option(help: help("Keep so many bytes at least, such as 10GiB; none for all.", "size"))
    var retentionBytes: String?

    @Option(help: help("Keep so many events at least; none for all.", "count"))
    var retentionEvents: String?

    @Option(
        name: .customLong("duplicate-ids"),
        help: help("Recognise the latest so many ids.", "count"))
    var duplicateIDs: String?

    @Option(help: help("Recognise ids of events so old, such as 24h.", "time"))
    var duplicateAge: String?

    /// What is said, and nothing of what is not.
    ///
    /// - Parameter partitions: the number of partitions, as it was typed.
    /// - Throws: `ConfigurationError` that names all mistakes.
    func patch(partitions: String? = nil) throws(ConfigurationError) -> StationSettingsPatch {
        var flags = StationFlags()
        flags.partitions = partitions
        flags.retentionAge = retentionAge
        flags.retentionBytes = retentionBytes
        flags.retentionEvents = retentionEvents
        flags.duplicateIDs = duplicateIDs
        flags.duplicateAge = duplicateAge
        let settings = try flags.settings()
        let given: [(String?, StationSettingsPatch.Member)] = [
            (partitions, .partitions), (retentionAge, .retentionAge),
            (retentionBytes, .retentionBytes), (retentionEvents, .retentionEvents),
            (duplicateIDs, .duplicateIDs), (duplicateAge, .duplicateAge),
        ]
        var patch = StationSettingsPatch()
        for (text, member) in given where text != nil { patch.take(member, from: settings) }
        return patch
    }

    private static func help(_ text: String, _ value: String) -> ArgumentHelp {
        ArgumentHelp("\(text)", valueName: value)
    }
}
