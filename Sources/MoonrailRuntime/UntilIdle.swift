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
            guard let running = board.running, let lanes = try? await engine.lanes() else {
                return false
            }
            return lanes.allSatisfy { !running.contains($0.lane.function) || $0.lag == 0 }
        }
    }
}
