import MoonrailCore

/// The state of another source, for runs in which no timer fires.
struct QuietState: StateSource {
    let state: any StateSource

    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        try await state.answers(to: keys)
    }
}
