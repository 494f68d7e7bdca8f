import MoonrailCore
import ServiceLifecycle

/// Ends when every running function has caught up with its stations.
///
/// A position moves in the same commit as what the events before it caused. So when at one moment
/// no lane has a lag, nothing is under way anywhere in any chain.
package struct UntilIdle: Service {
    let board: FunctionBoard
    let engine: any StationEngine

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in board.changes {
                if await isIdle { return }
            }
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
