import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// The store as a whole: its backup, its check.
struct StoreRoutes: Sendable {
    let operations: Operations

    func add(to api: RouterGroup<LocalRequestContext>) {
        api.post("store/backups") { request, _ in try await backUp(request) }
        api.get("store/check") { _, _ in
            try JSONAnswer.response(StoreReportMessage(try await operations.engine.check()))
        }
    }

    private func backUp(_ request: Request) async throws -> Response {
        let file = try await JSONAnswer.message(BackupMessage.self, of: request).file
        guard file.hasPrefix("/") else {
            throw Problem.badRequest(
                "'file' is '\(file)'; it must be an absolute path, as the process that answers "
                    + "may have another working directory")
        }
        let summary = try await operations.engine.backUp(to: file)
        return try JSONAnswer.response(BackupMessage(file: file, summary), status: .created)
    }
}
