/// What a dead letter's headers tell beside the original event's own. Function, version and input
/// position are in its cause; payload, key, type and time are the original's.
package enum DeadLetterHeaders {
    /// Why: a `FunctionFault.Kind`'s name, or `parkedBehind`.
    package static let reason = "deadreason"
    package static let message = "deadmessage"
    package static let traceback = "deadtraceback"
    /// How often the event was run.
    package static let attempts = "deadattempts"
    /// What the script had as `context.inputs`, a JSON object; left out where there is no room, as
    /// the version tells it then.
    package static let inputs = "deadinputs"
    /// When the letter was written, RFC 3339.
    package static let time = "deadtime"
    /// The position of the failed event that this one waits behind.
    package static let behind = "deadbehind"
    /// The name of the timer that failed; the letter is about it, and not about the event after
    /// which it fired.
    package static let timer = "deadtimer"

    /// The reason of an event that was not run because its key is parked.
    package static let parkedBehind = "parked-behind"

    /// All of them.
    package static let names: Set<String> = [
        reason, message, traceback, attempts, inputs, time, behind, timer,
    ]

    /// Message and traceback are cut so that a letter's headers stay within their bound even when
    /// the original's take three quarters of it.
    private static let textBytes = 1_800

    /// What is the same for all letters of a settlement.
    struct Circumstances {
        var inputs: [UInt8]
        var time: EventTime
    }

    /// The headers of the letter of an event that failed.
    static func headers(
        for fault: FunctionFault, _ circumstances: Circumstances, original: [Event.Header]
    ) -> [Event.Header] {
        headers(told(of: fault), circumstances, original)
    }

    /// The headers of the letter of a timer that failed.
    static func headers(
        for fault: FunctionFault, of name: String, _ circumstances: Circumstances
    ) -> [Event.Header] {
        headers(told(of: fault) + [.init(timer, name)], circumstances, [])
    }

    private static func told(of fault: FunctionFault) -> [Event.Header] {
        [
            .init(reason, fault.kind.name),
            .init(message, cut(fault.message)),
            .init(traceback, cut(fault.traceback)),
            .init(attempts, String(fault.attempts)),
        ]
    }

    /// The headers of the letter of an event that waits behind the one at `place`.
    static func headers(
        behind place: InputPlace, partition: UInt32, _ circumstances: Circumstances,
        original: [Event.Header]
    ) -> [Event.Header] {
        let position = positionalID(
            station: place.station, partition: partition, offset: place.offset)
        return headers(
            [
                .init(reason, parkedBehind),
                .init(message, "its key waits behind the event at \(position), which failed"),
                .init(behind, position),
                .init(attempts, "0"),
            ], circumstances, original)
    }

    private static func headers(
        _ told: [Event.Header], _ circumstances: Circumstances, _ original: [Event.Header]
    ) -> [Event.Header] {
        // An event that was a dead letter before describes its last failure, not all of them.
        let kept = original.filter { !names.contains($0.name) }
        var own = told + [.init(time, circumstances.time.description)]
        own.removeAll(where: \.value.isEmpty)
        let inputs = Event.Header(
            self.inputs, String(decoding: circumstances.inputs, as: UTF8.self))
        if bytes(kept) + bytes(own) + bytes([inputs]) <= Bounds.headersBytes { own.append(inputs) }
        return fitting(kept, before: own) + own
    }

    /// The original's headers without as many of the last as it takes to keep the bound with `own`.
    private static func fitting(
        _ original: [Event.Header], before own: [Event.Header]
    ) -> ArraySlice<Event.Header> {
        var left = Bounds.headersBytes - bytes(own)
        return original.prefix { header in
            left -= bytes([header])
            return left >= 0
        }
    }

    private static func bytes(_ headers: [Event.Header]) -> Int {
        headers.reduce(0) { $0 + 3 + $1.name.utf8.count + $1.value.utf8.count }
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
