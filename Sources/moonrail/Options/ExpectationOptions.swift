import ArgumentParser

/// What must be so for an append to happen.
struct ExpectationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Append only when the last event has this offset; none: when there is no event.",
            valueName: "offset"))
    var expectLast: String?

    @Option(
        help: ArgumentHelp(
            "With --expect-last: the key whose last event is meant.", valueName: "key"))
    var expectKey: String?

    @Option(
        help: ArgumentHelp(
            "With --expect-last: the partition whose last event is meant.", valueName: "number"))
    var partition: UInt32?

    func validate() throws {
        if let expectLast, expectLast != "none", UInt64(expectLast) == nil {
            throw ValidationError(
                "--expect-last is '\(expectLast)'; it must be an offset, or none")
        }
        guard expectLast != nil || (expectKey == nil && partition == nil) else {
            throw ValidationError("--expect-key and --partition need --expect-last")
        }
        guard expectKey == nil || partition == nil else {
            throw ValidationError(
                "--expect-key says which partition is meant; leave --partition out")
        }
    }

    /// Nil when nothing is expected.
    var expectation: ProduceExpectation? {
        expectLast.map { ProduceExpectation(last: $0, key: expectKey, partition: partition) }
    }
}

/// What a produce expects, as the API takes it.
struct ProduceExpectation: Hashable, Sendable {
    /// An offset, or `none`.
    var last: String
    var key: String?
    var partition: UInt32?
}
