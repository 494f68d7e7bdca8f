import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Functions and their lanes: list, show.
struct FunctionRoutes: Sendable {
    let operations: Operations

    func add(to api: RouterGroup<BasicRequestContext>) {
        api.get("functions") { _, _ in try await list() }
        api.get("functions/:function") { _, context in
            try await show(FunctionName(try context.parameters.require("function")))
        }
        api.get("lanes") { _, _ in try await lanes() }
    }

    private func list() async throws -> Response {
        let lanes = try await operations.engine.lanes()
        let functions = await operations.functions.functions()
        return try JSONAnswer.response(functions.map { FunctionMessage($0, lanes: lanes) })
    }

    private func show(_ name: FunctionName) async throws -> Response {
        let functions = await operations.functions.functions()
        guard let function = functions.first(where: { $0.name == name }) else {
            throw Problem.functionNotFound(name.text, known: functions.map(\.name.text))
        }
        let lanes = try await operations.engine.lanes()
        return try JSONAnswer.response(FunctionMessage(function, lanes: lanes))
    }

    private func lanes() async throws -> Response {
        let lanes = try await operations.engine.lanes()
        return try JSONAnswer.response(lanes.map(LaneMessage.init))
    }
}
