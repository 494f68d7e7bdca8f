/// What the broker says of a message to, or a subscription of, a subject that a login may not have.
///
/// It names no message: `Permissions Violation for Publish to "a.b"`
/// (https://docs.nats.io/reference/reference-protocols/nats-protocol, "-ERR").
struct PermissionViolation: Hashable, Sendable {
    /// The broker's words.
    let text: String
    /// Where nothing may be sent; nil when it is something else that may not be done, for want of
    /// which no answer need come.
    private let subject: String?

    init(_ text: String) {
        self.text = text
        let words = text.split(separator: "\"", omittingEmptySubsequences: false)
        subject =
            words.count == 3 && words[0].lowercased().contains("publish") ? String(words[1]) : nil
    }

    /// Whether messages to these subjects are refused, or their answers are.
    func concerns(_ subjects: [String]) -> Bool {
        subject.map(subjects.contains) ?? true
    }
}
