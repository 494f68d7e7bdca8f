/// What became of a dead letter: an event of its own, as events don't change.
///
/// Its key is the letter's id, so that reading that key tells a letter's whole story.
package enum LetterFollowUp: Hashable, Sendable {
    /// It was run again and has had its effects: this many emissions.
    case resent(emissions: Int)
    /// It was run again and failed again; it still waits.
    case failedAgain(FunctionFault)
    /// It is not to be run; the sentence says why.
    case skipped(because: String)

    /// The event's type.
    package var type: String { "moonrail.dead-letter." + kindName }

    /// As commands and the API spell it.
    package var kindName: String {
        switch self {
        case .resent: "resent"
        case .failedAgain: "failed-again"
        case .skipped: "skipped"
        }
    }

    var fate: JournalRecord.LetterFate.Kind {
        switch self {
        case .resent: .resent
        case .failedAgain: .failedAgain
        case .skipped: .skipped
        }
    }

    /// The event that tells it.
    ///
    /// - Parameter version: what runs the function now.
    func event(of letter: DeadLetter, version: FunctionVersion, at time: EventTime) -> Event {
        var fields: [String: JSONValue] = [
            "function": .string(letter.function.text),
            "letter": .string(letter.id.description),
            "position": .string(letter.position),
            "version": .string(version.text),
        ]
        switch self {
        case .resent(let emissions):
            fields["emissions"] = .integer(Int64(emissions))
        case .failedAgain(let fault):
            fields["reason"] = .string(fault.kind.name)
            fields["message"] = .string(fault.message)
            fields["traceback"] = .string(fault.traceback)
            fields["attempts"] = .integer(Int64(fault.attempts))
        case .skipped(let because):
            fields["because"] = .string(because)
        }
        // Strings and whole numbers can always be written.
        let payload = (try? JSONValue.object(fields).encoded()) ?? []
        return Event(
            key: Array(letter.id.description.utf8), time: time, type: type, payload: payload)
    }
}
