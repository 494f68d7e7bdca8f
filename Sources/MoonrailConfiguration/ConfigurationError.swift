/// Everything that is wrong in a configuration: in its file, the environment and the flags.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence for each mistake, in the order file, environment, flags; at least one. Each
    /// names its place (`config/moonrail.yaml:12`, `MOONRAIL_DATA`, `--data`) and the mend.
    package let messages: [String]

    init(messages: [String]) {
        precondition(!messages.isEmpty, "a configuration error says what is wrong")
        self.messages = messages
    }

    /// - Parameter problems: of one file, at least one.
    init(_ problems: [SettingsProblem], in file: String) {
        self.init(
            messages: problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
                .map { $0.message(in: file) })
    }

    /// The messages, one a line.
    package var description: String { messages.joined(separator: "\n") }
}
