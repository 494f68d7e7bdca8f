import MoonrailCore

/// The state of another source as a run has left it that it knows nothing of yet. Of functions
/// without timers.
struct StateAfterRun: StateSource {
    let state: any StateSource
    let reply: RunReply

    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        var answers = try await state.answers(to: keys)
        let gained = reply.stateMarks.reduce(0) { $0 + $1.keysGained }
        answers.keysLeft =
            gained > 0
            ? answers.keysLeft - min(answers.keysLeft, UInt64(gained))
            : answers.keysLeft + min(UInt64(-gained), .max - answers.keysLeft)
        if keys.isEmpty { return answers }
        var latest: [[UInt8]: StateAnswers.Answer] = [:]
        for change in reply.stateChanges {
            var answer = StateAnswers.Answer.none
            if let value = change.value { answer = .value(value) }
            latest[change.key] = answer
        }
        for (number, key) in keys.enumerated() {
            if let answer = latest[key] { answers.answers[number] = answer }
        }
        return answers
    }
}
