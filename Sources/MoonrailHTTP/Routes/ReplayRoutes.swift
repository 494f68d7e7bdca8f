import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Lanes that are moved, and what runs again after it.
struct ReplayRoutes: Sendable {
    let operations: Operations

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .post, Self.path + "reset", access: .operate,
                "Moves a function's lanes to another place, or tells what that would do.",
                body: .json(ResetWishMessage.self),
                answers: [.json(ResetPlanMessage.self, "What it does, or would do.")],
                problems: [409])
        ) { request, context in
            let message = try await JSONAnswer.message(ResetWishMessage.self, of: request)
            return try await reset(try context.functionName(), message, context)
        }
        routes.add(
            RouteDeclaration(
                .get, Self.path + "replays", access: .operate,
                "Tells how far a function's latest replays are.",
                answers: [.list(of: ReplayMessage.self, "One for each lane that had any.")])
        ) { _, context in try await replays(of: try context.functionName()) }
        addCommand(
            .swapShadow, "shadow/swap", "Lets a function's shadow take its place.", to: &routes)
        addCommand(.dropShadow, "shadow/drop", "Removes a function's shadow.", to: &routes)
    }

    private static let path = "/v1/functions/{function}/"

    private func addCommand(
        _ command: DeploymentCommand, _ name: String, _ summary: String,
        to routes: inout RouteTable
    ) {
        routes.add(
            RouteDeclaration(
                .post, Self.path + name, access: .operate, summary,
                body: .json(DeploymentWishMessage.self, isOptional: true),
                answers: [.json(DeploymentMessage.self, "What became of it.")], problems: [409])
        ) { request, context in try await perform(command, request, context) }
    }

    private func perform(
        _ command: DeploymentCommand, _ request: Request, _ context: LocalRequestContext
    ) async throws -> Response {
        let wish = try await JSONAnswer.message(DeploymentWishMessage.self, of: request)
        let name = try context.functionName()
        let answer = try await operations.deployments.perform(
            command, on: name, for: try wish.asker(await context.asker()))
        return try JSONAnswer.response(
            DeploymentMessage(
                function: name.text, version: answer.version, resumed: answer.resumed))
    }

    private func reset(
        _ name: FunctionName, _ message: ResetWishMessage, _ context: LocalRequestContext
    ) async throws -> Response {
        let wish = try message.wish()
        let asker = try DeploymentWishMessage(because: message.because)
            .asker(await context.asker())
        let definition = await operations.functions.functions().first { $0.name == name }?
            .definition
        var plan = try await ResetPlanner(engine: operations.engine)
            .plan(wish, of: name, definition)
        if message.plan != true {
            let answer = try await operations.deployments.perform(
                .reset(wish), on: name, for: asker)
            // Lanes may have gone on since the plan was made.
            plan.moves = answer.moves
        }
        return try JSONAnswer.response(
            ResetPlanMessage(plan, wish, of: name, isDone: message.plan != true))
    }

    private func replays(of name: FunctionName) async throws -> Response {
        var messages: [ReplayMessage] = []
        for lane in try await operations.engine.lanes() where lane.lane.function.original == name {
            let value = try await operations.engine.value(of: lane.lane, in: .replay, key: [])
            if let replay = value.flatMap({ LaneReplay(encoded: $0) }) {
                messages.append(ReplayMessage(replay, of: lane))
            }
        }
        return try JSONAnswer.response(messages)
    }
}
