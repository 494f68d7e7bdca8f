import MoonrailCore

/// Asks lanes to do something out of turn: those of a running worker, or those that nobody runs.
package protocol LaneOperators: Sendable {
    /// Does what the wish says about the dead letters of one lane. It may be repeated: what was
    /// resent or skipped stays so.
    ///
    /// - Throws: `EngineError`, `LaneUnavailable`.
    func fulfil(_ wish: LetterWish, in lane: LaneID) async throws -> LetterSummary

    /// Lets the function's paused lanes go on: those of this worker.
    ///
    /// - Returns: how many lanes were paused.
    /// - Throws: `EngineError`: `laneElsewhere` when none paused here and others run elsewhere;
    ///   `LaneUnavailable`.
    func resume(_ function: FunctionName) async throws -> Int
}

/// A lane that can't be asked now, with the sentence to show.
package struct LaneUnavailable: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// The lanes of this process's worker.
struct RunningLanes: LaneOperators {
    let board: FunctionBoard

    func fulfil(_ wish: LetterWish, in lane: LaneID) async throws -> LetterSummary {
        guard let requests = board.requests(of: lane) else {
            if let worker = board.worker(elsewhere: lane) {
                throw EngineError.laneElsewhere(lane, worker: worker)
            }
            throw LaneUnavailable(
                description: "lane \(lane) does not run now; see: moonrail function show "
                    + "\(lane.function)")
        }
        let answers = LetterRequest.send(wish) { requests.giveAtOnce(.letters($0)) }
        for await answer in answers { return try answer.get() }
        throw LaneUnavailable(
            description: "lane \(lane) stopped before it came to it; what it had resent or skipped "
                + "by then stays so: ask again")
    }

    func resume(_ function: FunctionName) async throws -> Int {
        try board.resumeOrTellWhere(function)
    }
}
