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
        let all: [Event.Header] = [
            .init(reason, fault.kind.name),
            .init(message, cut(fault.message)),
            .init(traceback, cut(fault.traceback)),
            .init(self.attempts, String(attempts)),
        ]
        // A resent dead letter that fails again describes its last failure, not all of them.
        let names = Set(all.map(\.name))
        let own = all.filter { !$0.value.isEmpty }
        return fitting(original.filter { !names.contains($0.name) }, before: own) + own
    }

    /// The original's headers without as many of the last as it takes to keep the bound with `own`.
    private static func fitting(
        _ original: [Event.Header], before own: [Event.Header]
    ) -> ArraySlice<Event.Header> {
        func bytes(_ header: Event.Header) -> Int {
            3 + header.name.utf8.count + header.value.utf8.count
        }
        var left = own.reduce(Bounds.headersBytes) { $0 - bytes($1) }
        return original.prefix { header in
            left -= bytes(header)
            return left >= 0
        }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textBytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: textBytes)
        while end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return text[..<end] + "…"
    }
}
