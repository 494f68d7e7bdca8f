import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Whether the process lives, whether it can do its work, and what it is.
struct HealthRoutes: Sendable {
    let operations: Operations
    let identity: WorkerMessage

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/livez", access: .open, "Tells that the process answers.",
                answers: [.json(HealthMessage.self, "It does.")])
        ) { _, _ in try JSONAnswer.response(HealthMessage(status: .alive)) }
        routes.add(
            RouteDeclaration(
                .get, "/readyz", access: .open,
                "Tells whether the store takes writes and every function that can run does.",
                answers: [.json(HealthMessage.self, "Both are so.")])
        ) { _, _ in try await readiness() }
        routes.add(
            RouteDeclaration(
                .get, "/version", access: .open, "Tells which program answers.",
                answers: [.json(ProgramMessage.self, "Its name and version.")])
        ) { [identity] _, _ in
            try JSONAnswer.response(ProgramMessage(name: "moonrail", version: identity.version))
        }
    }

    private func readiness() async throws -> Response {
        // A commit of nothing goes through the thread that writes, and through what refuses writes
        // after a failed flush; it writes nothing.
        do {
            try await operations.engine.settle([])
        } catch {
            throw Problem.notReady("the store takes no writes: \(error)")
        }
        if let lack = await operations.functions.lack() { throw Problem.notReady(lack) }
        return try JSONAnswer.response(HealthMessage(status: .ready))
    }
}
