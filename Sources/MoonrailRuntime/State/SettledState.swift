import MoonrailCore

/// The state of a lane's keys as it was settled last, to be looked at: what a run makes of it goes
/// nowhere.
struct SettledState: StateSource {
    let lane: LaneID
    let engine: any LaneStore

    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        do throws(EngineError) {
            let values = try await engine.values(of: lane, in: .state, keys: keys)
            return StateAnswers(
                values.map { encoded in
                    encoded.flatMap { StateValue(encoded: $0) }.map { .value($0) } ?? .none
                })
        } catch {
            throw .cannotStart("its state can't be read: \(error)")
        }
    }
}
