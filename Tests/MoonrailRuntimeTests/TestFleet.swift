import MoonrailCore
import Synchronization

/// Several workers of one process that share lanes: each lane has a place, which a test may move.
final class TestFleet: Sendable {
    private struct Lease {
        let worker: String
        let number: Int
        var ending: LaneLeaseEnding?
    }

    private struct State {
        /// Where each lane is to run; at first where it was asked for first.
        var places: [LaneID: String] = [:]
        var wanting: [LaneID: Set<String>] = [:]
        var leases: [LaneID: Lease] = [:]
        var latest = 0
        var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let state = Mutex(State())

    func worker(_ name: String) -> any LaneOwnership { Member(name: name, fleet: self) }

    /// The worker that has the lane.
    func holder(of lane: LaneID) -> String? {
        state.withLock { $0.leases[lane]?.worker }
    }

    /// Has a lane run elsewhere, once the worker that has it has ended it.
    func move(_ lane: LaneID, to worker: String) {
        change { state in
            state.places[lane] = worker
            if state.leases[lane]?.worker != worker { state.leases[lane]?.ending = .wanted }
        }
    }

    /// Has a lane run elsewhere at once, as if the worker that has it had been taken for dead.
    func tear(_ lane: LaneID, to worker: String) {
        change { state in
            state.places[lane] = worker
            if state.leases[lane]?.worker != worker { state.leases[lane] = nil }
        }
    }

    private func change<Value>(_ body: (inout State) -> Value) -> Value {
        let (value, waiting) = state.withLock { state in
            (body(&state), Array(state.waiting.values))
        }
        for continuation in waiting { continuation.yield() }
        return value
    }

    /// Asks `find` now and after each change until it finds something, or the task is cancelled.
    private func waiting<Value: Sendable>(_ find: @Sendable () -> Value?) async -> Value? {
        let (changes, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        continuation.yield()
        let number = state.withLock { state in
            state.latest += 1
            state.waiting[state.latest] = continuation
            return state.latest
        }
        defer { state.withLock { _ = $0.waiting.removeValue(forKey: number) } }
        for await _ in changes {
            if let found = find() { return found }
        }
        return nil
    }

    private struct Member: LaneOwnership {
        let name: String
        let fleet: TestFleet

        var isShared: Bool { true }

        func own(_ lane: LaneID) async -> (any LaneLease)? {
            fleet.change { state in
                state.wanting[lane, default: []].insert(name)
                if state.places[lane] == nil { state.places[lane] = name }
            }
            let lease = await fleet.waiting { fleet.lease(of: lane, to: name, outOfTurn: false) }
            if lease == nil { fleet.give(lane, by: name) }
            return lease
        }

        func take(_ lane: LaneID) async throws(EngineError) -> any LaneLease {
            guard let lease = fleet.lease(of: lane, to: name, outOfTurn: true) else {
                throw .laneElsewhere(lane, worker: fleet.holder(of: lane) ?? "")
            }
            return lease
        }

        func workerElsewhere(_ lane: LaneID) -> String? {
            let holder = fleet.holder(of: lane)
            return holder == name ? nil : holder
        }
    }

    /// Nobody waits for this: whoever asked would be told of what it did itself, without end.
    private func lease(of lane: LaneID, to worker: String, outOfTurn: Bool) -> HeldLease? {
        state.withLock { state in
            guard state.leases[lane] == nil, outOfTurn || state.places[lane] == worker else {
                return nil
            }
            state.latest += 1
            state.leases[lane] = Lease(worker: worker, number: state.latest)
            return HeldLease(lane: lane, worker: worker, number: state.latest, fleet: self)
        }
    }

    /// The worker runs the lane no longer: another that can is to have it.
    private func give(_ lane: LaneID, by worker: String) {
        change { state in
            state.wanting[lane]?.remove(worker)
            if state.places[lane] == worker { state.places[lane] = state.wanting[lane]?.min() }
        }
    }

    private struct HeldLease: LaneLease {
        let lane: LaneID
        let worker: String
        let number: Int
        let fleet: TestFleet

        func ending() async -> LaneLeaseEnding {
            let ending = await fleet.waiting {
                fleet.state.withLock { state in
                    guard let lease = state.leases[lane], lease.number == number else {
                        return LaneLeaseEnding.lost
                    }
                    return lease.ending
                }
            }
            return ending ?? .wanted
        }

        func release() async {
            fleet.change { state in
                if state.leases[lane]?.number == number { state.leases[lane] = nil }
            }
            fleet.give(lane, by: worker)
        }
    }
}
