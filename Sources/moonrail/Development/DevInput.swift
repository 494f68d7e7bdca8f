import AsyncHTTPClient
import MoonrailCore
import MoonrailHTTP
import ServiceLifecycle

/// Produces a file once everything is ready, as `moonrail produce` would.
struct DevInput: Service {
    let station: StationName
    let input: LineInput
    /// Where a document has its key; nil when it has none.
    let key: String?
    let socket: String
    /// Ends when everything is ready.
    let ready: AsyncStream<Never>

    /// - Throws: `Problem` when the station takes no events.
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            for await _ in ready {}
            guard !Task.isCancelled else { return }
            try await HTTPClient.withHTTPClient(configuration: .init()) { http in
                let client = APIClient(http: http, server: .init(socket: socket))
                let run = ProduceRun(input: input, station: station, key: key, id: nil)
                do {
                    try await run.send(client)
                } catch is CancellationError {
                    return
                }
                _ = await run.finish()
            }
        }
    }
}
