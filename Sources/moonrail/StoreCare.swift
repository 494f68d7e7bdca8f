import Logging
import MoonrailCore
import MoonrailEmbedded
import ServiceLifecycle

/// Has the store removed what is no longer kept, and merged what came in small pieces, while the
/// worker runs.
struct StoreCare: Service {
    let engine: EmbeddedEngine
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            await engine.keepHouse { error in
                logger.error("the store can't be tidied now; trying again: \(error)")
            }
        }
    }
}
