/// What a dead letter's headers tell beside the original event's own. Function, version and input
/// position are in its cause; payload, key, type and time are the original's.
package enum DeadLetterHeaders {
    /// Why: a `FunctionFault.Kind`'s name.
    package static let reason = "deadreason"
    package static let message = "deadmessage"
    package static let traceback = "deadtraceback"
    /// How often the event was run.
    package static let attempts = "deadattempts"

    /// Message and traceback are cut so that a letter's headers stay within their bound even when
    /// the original's take three quarters of it.
    private static let textBytes = 1_800

    static func headers(
        for fault: FunctionFault, attempts: Int, original: [Event.Header]
    ) -> [Event.Header] {
        let own: [Event.Header] = [
            .init(reason, fault.kind.name),
            .init(message, cut(fault.message)),
            .init(traceback, cut(fault.traceback)),
            .init(self.attempts, String(attempts)),
        ].filter { !$0.value.isEmpty }
        // A resent dead letter that fails again describes its last failure, not all of them.
        let names = Set(own.map(\.name))
        return fitting(original.filter { !names.contains($0.name) } + own)
    }

    /// The headers without as many of the last of the original's as it takes to keep the bound.
    private static func fitting(_ headers: [Event.Header]) -> [Event.Header] {
        var headers = headers
        func size() -> Int {
            headers.reduce(0) { $0 + 3 + $1.name.utf8.count + $1.value.utf8.count }
        }
        while size() > Bounds.headersBytes, headers.count > 4 { headers.remove(at: 0) }
        return headers
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textBytes else { return text }
        return String(decoding: text.utf8.prefix(textBytes), as: UTF8.self) + "…"
    }
}
