import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Versions of functions, and what is asked of their deployment.
struct DeploymentRoutes: Sendable {
    let operations: Operations

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, Self.path + "history", access: .operate,
                "Lists what became of a function: deployments, rollbacks, pauses.",
                answers: [.list(of: FunctionChange.self, "The changes, oldest first.")])
        ) { _, context in try await history(of: try context.functionName()) }
        routes.add(
            RouteDeclaration(
                .get, Self.path + "versions/{version}", access: .operate,
                "Shows a version of a function with its sources.",
                answers: [.json(VersionMessage.self, "The version.")], problems: [409])
        ) { _, context in
            try await version(try context.pathText("version"), of: try context.functionName())
        }
        addCommand("rollback", "Runs an earlier version until its file changes.", to: &routes) {
            .rollBack(version: $0.version)
        }
        addCommand("rename", "Gives a function another name, under which it goes on.", to: &routes)
        {
            guard let to = $0.to else {
                throw Problem.badRequest("'to' is missing; give the other name")
            }
            return .rename(to: try FunctionName(to))
        }
        addCommand("pause", "Stops a function until it is resumed.", to: &routes) { _ in .pause }
        addCommand("resume", "Lets a function that is paused go on.", to: &routes) { _ in .resume }
    }

    private static let path = "/v1/functions/{function}/"

    private func addCommand(
        _ name: String, _ summary: String, to routes: inout RouteTable,
        _ command: @escaping @Sendable (DeploymentWishMessage) throws -> DeploymentCommand
    ) {
        routes.add(
            RouteDeclaration(
                .post, Self.path + name, access: .operate, summary,
                body: .json(DeploymentWishMessage.self, isOptional: true),
                answers: [.json(DeploymentMessage.self, "What became of it.")], problems: [409])
        ) { request, context in
            let wish = try await JSONAnswer.message(DeploymentWishMessage.self, of: request)
            return try await perform(try command(wish), wish, context)
        }
    }

    private func history(of name: FunctionName) async throws -> Response {
        let registry = try await FunctionRegistry(operations.engine)
        let history = try await registry.history(of: name)
        if history.isEmpty { try await expect(name) }
        return try JSONAnswer.response(history)
    }

    private func version(_ prefix: String, of name: FunctionName) async throws -> Response {
        let registry = try await FunctionRegistry(operations.engine)
        if registry.record(of: name) == nil { try await expect(name) }
        let version = try await registry.version(of: name, prefix)
        let program = try await registry.program(of: version, function: name)
        return try JSONAnswer.response(
            VersionMessage(
                function: name.text, version: version,
                source: String(decoding: program.source, as: UTF8.self),
                libraries: Dictionary(
                    program.libraries.map { ($0.name, String(decoding: $0.source, as: UTF8.self)) },
                    uniquingKeysWith: { first, _ in first })))
    }

    private func perform(
        _ command: DeploymentCommand, _ wish: DeploymentWishMessage,
        _ context: LocalRequestContext
    ) async throws -> Response {
        let name = try context.functionName()
        let registered = try await FunctionRegistry(operations.engine).record(of: name)
        if registered == nil { try await expect(name) }
        let answer = try await operations.deployments.perform(
            command, on: name, for: try wish.asker(await context.asker()))
        return try JSONAnswer.response(
            DeploymentMessage(
                function: name.text, version: answer.version, resumed: answer.resumed))
    }

    /// - Throws: `Problem` when there is no such function.
    private func expect(_ name: FunctionName) async throws {
        let known = await operations.functions.functions().map(\.name)
        guard known.contains(name) else {
            throw Problem.functionNotFound(name.text, known: known.map(\.text))
        }
    }
}
