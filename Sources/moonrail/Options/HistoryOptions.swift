import ArgumentParser

/// Which part of history a command runs.
struct HistoryOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where to begin: earliest, an offset, or a time.", valueName: "place"))
    var from: String?

    @Option(
        help: ArgumentHelp("The last so many events of each partition.", valueName: "count"))
    var last: UInt64?

    @Option(help: ArgumentHelp("Only the lane of this partition.", valueName: "number"))
    var partition: UInt32?

    func validate() throws {
        if from != nil, last != nil { throw ValidationError("give --from or --last, not both") }
    }

    /// The beginning as the API takes it.
    var place: String { from ?? last.map { "-\($0)" } ?? "earliest" }
}
