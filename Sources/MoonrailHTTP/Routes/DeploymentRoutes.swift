import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Versions of functions, and what is asked of their deployment.
struct DeploymentRoutes: Sendable {
    let operations: Operations

    func add(to api: RouterGroup<LocalRequestContext>) {
        let function = api.group("functions/:function")
        function.get("history") { _, context in
            try await history(of: try context.functionName())
        }
        function.get("versions/:version") { _, context in
            try await version(
                try context.parameters.require("version"), of: try context.functionName())
        }
        function.post("rollback") { request, context in
            let wish = try await JSONAnswer.message(DeploymentWishMessage.self, of: request)
            return try await perform(.rollBack(version: wish.version), wish, context)
        }
        function.post("rename") { request, context in
            let wish = try await JSONAnswer.message(DeploymentWishMessage.self, of: request)
            guard let to = wish.to else {
                throw Problem.badRequest("'to' is missing; give the other name")
            }
            return try await perform(.rename(to: try FunctionName(to)), wish, context)
        }
        function.post("pause") { request, context in
            let wish = try await JSONAnswer.message(DeploymentWishMessage.self, of: request)
            return try await perform(.pause, wish, context)
        }
        function.post("resume") { request, context in
            let wish = try await JSONAnswer.message(DeploymentWishMessage.self, of: request)
            return try await perform(.resume, wish, context)
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
            command, on: name, for: try wish.asker(await context.askerName()))
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
