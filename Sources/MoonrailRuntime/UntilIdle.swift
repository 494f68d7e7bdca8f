import Logging
import MoonrailCore
import ServiceLifecycle

/// Ends when every running function has caught up with its stations.
///
/// A position moves in the same commit as what the events before it caused. So when at one moment
/// no lane has a lag, nothing is under way anywhere in any chain. Lanes that other workers run
/// count like its own: their events are its inputs.
package struct UntilIdle: Service {
    let board: FunctionBoard
    let engine: any StationEngine
    let logger: Logger

    /// How often lanes elsewhere are looked at, whose commits nobody tells of.
    private static let glance = Duration.milliseconds(200)

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await lookElsewhere() }
                for await _ in board.changes {
                    if await isIdle { break }
                }
                group.cancelAll()
            }
        }
    }

    /// Has lanes looked at again that run elsewhere, and says once which they are.
    private func lookElsewhere() async {
        var told: [String] = []
        while (try? await Task.sleep(for: Self.glance)) != nil {
            let lanes = board.lanesElsewhere()
            if lanes.isEmpty { continue }
            let workers = Set(lanes.map(\.worker)).sorted()
            if workers != told {
                logger.notice("waiting for lanes that run on \(workers.joined(separator: ", "))")
            }
            told = workers
            board.glance()
        }
    }

    private var isIdle: Bool {
        get async {
            guard let running = board.runningLanes, let lanes = try? await engine.lanes() else {
                return false
            }
            // A lane that the engine does not know yet has not begun.
            let idle = Set(lanes.filter { $0.lag == 0 }.map(\.lane))
            return running.allSatisfy(idle.contains)
        }
    }
}
