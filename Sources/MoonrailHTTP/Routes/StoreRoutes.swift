import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// The store as a whole: its backup, its check.
struct StoreRoutes: Sendable {
    let operations: Operations

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .post, "/v1/store/backups", access: .admin,
                "Writes a backup to a new file on the machine of the process that answers.",
                body: .json(BackupMessage.self),
                answers: [
                    RouteAnswer(201, "It is written and checked.", [.json(BackupMessage.self)])
                ], problems: [409, 507])
        ) { request, context in try await backUp(request, context) }
        routes.add(
            RouteDeclaration(
                .get, "/v1/store/check", access: .operate,
                "Reads all that is stored and checks it.",
                answers: [.json(StoreReportMessage.self, "What it found.")])
        ) { _, _ in
            try JSONAnswer.response(StoreReportMessage(try await operations.engine.check()))
        }
    }

    private func backUp(
        _ request: Request, _ context: LocalRequestContext
    ) async throws -> Response {
        let file = try await JSONAnswer.message(BackupMessage.self, of: request).file
        guard file.hasPrefix("/") else {
            throw Problem.badRequest(
                "'file' is '\(file)'; it must be an absolute path, as the process that answers "
                    + "may have another working directory")
        }
        let summary = try await operations.engine.backUp(to: file)
        await operations.audit.note(.backedUp, .file(file), by: await context.asker())
        return try JSONAnswer.response(BackupMessage(file: file, summary), status: .created)
    }
}
