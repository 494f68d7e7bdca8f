/// Which lanes this worker runs, of those that several workers on one engine share.
///
/// It only decides who tries: what makes two workers on one lane harmless is the lane's claim, of
/// which the engine lets the latest alone settle. No call blocks a thread.
package protocol LaneOwnership: Sendable {
    /// Whether there may be other workers.
    var isShared: Bool { get }

    /// Waits until the lane is this worker's, for as long as that takes. From the call until the
    /// lease is released this worker counts as one that can run the lane; a cancellation ends that,
    /// too. For one caller a lane at a time.
    ///
    /// - Returns: nil when the task was cancelled first.
    func own(_ lane: LaneID) async -> (any LaneLease)?

    /// Takes a lane that nobody has, out of turn and for a moment, so that nobody runs it
    /// meanwhile.
    ///
    /// - Throws: `laneElsewhere` when another worker has it; `unavailable` when that can't be found
    ///   out.
    func take(_ lane: LaneID) async throws(EngineError) -> any LaneLease

    /// The name of the other worker that has the lane, as far as is known here; nil when this one
    /// has it, or nobody. Does not wait.
    func workerElsewhere(_ lane: LaneID) -> String?
}

/// The right to run a lane for a while.
package protocol LaneLease: Sendable {
    /// Waits until the lease ends, or the task is cancelled: then the answer means nothing. What
    /// ended once is answered again at once.
    func ending() async -> LaneLeaseEnding

    /// Lets others have the lane, at once if they can be told. Whoever calls it no longer runs the
    /// lane. May be repeated.
    func release() async
}

/// Why a lease ends.
package enum LaneLeaseEnding: Hashable, Sendable {
    /// Another worker is to have the lane: it waits until this one has ended it in order.
    case wanted
    /// Another worker may have the lane by now. What is under way is to be dropped.
    case lost
}

extension LaneOwnership {
    /// Keeps lanes that nobody runs from being run while `body` changes what they have.
    ///
    /// - Throws: `laneElsewhere`, `unavailable`, and then `body` was not called; what it throws.
    package func holding<Value>(
        _ lanes: [LaneID], _ body: () async throws -> Value
    ) async throws -> Value {
        var leases: [any LaneLease] = []
        let result: Result<Value, any Error>
        do {
            for lane in lanes { leases.append(try await take(lane)) }
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        for lease in leases { await lease.release() }
        return try result.get()
    }
}

/// The ownership of a worker that has its engine to itself: every lane is its own, for good.
package struct SoleOwner: LaneOwnership {
    package init() {}

    package var isShared: Bool { false }
    package func own(_ lane: LaneID) async -> (any LaneLease)? { Lease() }
    package func take(_ lane: LaneID) async throws(EngineError) -> any LaneLease { Lease() }
    package func workerElsewhere(_ lane: LaneID) -> String? { nil }

    private struct Lease: LaneLease {
        func ending() async -> LaneLeaseEnding {
            while (try? await Task.sleep(for: .seconds(86_400))) != nil {}
            return .wanted
        }

        func release() async {}
    }
}
