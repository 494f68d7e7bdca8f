import ArgumentParser
import MoonrailHTTP

/// Which dead letters are meant.
struct LetterSelectionOptions: ParsableArguments {
    @Option(
        name: .customLong("id"), parsing: .upToNextOption,
        help: ArgumentHelp("Those with these ids.", valueName: "id"))
    var ids: [String] = []

    @Flag(help: "All that are pending.")
    var all = false

    @Option(help: ArgumentHelp("Those that failed so, as dead list shows it.", valueName: "reason"))
    var reason: String?

    func validate() throws {
        let ways = [!ids.isEmpty, all, reason != nil].filter(\.self).count
        guard ways == 1 else {
            throw ValidationError("say which letters are meant by one of --id, --all and --reason")
        }
        guard ids.count <= LetterWishMessage.idsMaximum else {
            throw ValidationError(
                "--id takes \(LetterWishMessage.idsMaximum) ids at most; use --reason or --all")
        }
    }

    func message(because: String? = nil) -> LetterWishMessage {
        LetterWishMessage(
            ids: ids.isEmpty ? nil : ids, all: all ? true : nil, reason: reason, because: because)
    }
}
