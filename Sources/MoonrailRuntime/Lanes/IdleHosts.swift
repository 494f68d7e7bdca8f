import MoonrailCore
import Synchronization

/// Knows which lanes' hosts run, and asks a lane to stop its host when that was not used for a
/// while: a function whose station is quiet costs no process.
///
/// It looks at all hosts at once, a few times in that while; when none runs there is no timer
/// either.
final class IdleHosts: Sendable {
    /// Looks in the time after which a host is idle: it is stopped up to a quarter of it later.
    private static let looksUntilIdle = 4

    private struct Host {
        /// Looks since it was used.
        var looks = 0
        let ask: @Sendable () -> Void
    }

    private let hosts = Mutex<[LaneID: Host]>([:])
    private let pause: Duration
    private let clock: any Clock<Duration>
    /// Yields when the first host comes to run.
    private let started: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameter time: without use, after which a host is stopped.
    init(stoppedAfter time: Duration, clock: any Clock<Duration>) {
        pause = time / Self.looksUntilIdle
        self.clock = clock
        (started, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The lane uses its host now.
    ///
    /// - Parameter ask: tells the lane that its host may be idle; called at most once until it is
    ///   used again.
    func used(by lane: LaneID, ask: @escaping @Sendable () -> Void) {
        let isFirst = hosts.withLock { hosts in
            defer { hosts[lane, default: Host(ask: ask)].looks = 0 }
            return hosts.isEmpty
        }
        if isFirst { signal.yield() }
    }

    /// The lane's host is stopped.
    func stopped(of lane: LaneID) {
        hosts.withLock { $0[lane] = nil }
    }

    /// Whether the lane's host was not used for long enough.
    func isIdle(_ lane: LaneID) -> Bool {
        hosts.withLock { $0[lane].map { $0.looks >= Self.looksUntilIdle } ?? false }
    }

    /// Looks at the hosts until cancelled.
    func run() async {
        for await _ in started {
            while !hosts.withLock(\.isEmpty) {
                do {
                    try await clock.sleep(for: pause, tolerance: pause / 2)
                } catch {
                    return
                }
                look()
            }
        }
    }

    private func look() {
        let idle = hosts.withLock { hosts in
            for lane in hosts.keys { hosts[lane]?.looks += 1 }
            return hosts.values.filter { $0.looks == Self.looksUntilIdle }
        }
        for host in idle { host.ask() }
    }
}

/// How a lane's host slot tells that its host is used.
struct HostUse: Sendable {
    let hosts: IdleHosts
    let lane: LaneID
    /// Called when the host may be idle.
    let ask: @Sendable () -> Void

    func began() { hosts.used(by: lane, ask: ask) }
    func ended() { hosts.stopped(of: lane) }
    var isOver: Bool { hosts.isIdle(lane) }
}
