import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Functions and their lanes: list, show.
struct FunctionRoutes: Sendable {
    let operations: Operations

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/v1/functions", access: .operate, "Lists all functions.",
                answers: [.list(of: FunctionMessage.self, "The functions, by their names.")])
        ) { _, _ in try await list() }
        routes.add(
            RouteDeclaration(
                .get, "/v1/functions/{function}", access: .operate, "Shows a function.",
                answers: [.json(FunctionMessage.self, "The function.")])
        ) { _, context in try await show(try context.functionName()) }
        routes.add(
            RouteDeclaration(
                .post, "/v1/functions/{function}/rehearsal", access: .operate,
                "Runs a script twice over stored events and compares. Nothing is appended.",
                parameters: [
                    .query(
                        "sample", .text(), "The station whose events it runs over.",
                        isRequired: true),
                    .query(
                        "last", .number(0...UInt64.max), "So many of the last events; 1,000."),
                    .file,
                ],
                body: RouteBody(
                    [.script(bytesMaximum: FunctionLimits.sourceBytes)],
                    bytesMaximum: FunctionLimits.sourceBytes),
                answers: [.json(RehearsalMessage.self, "What the runs showed.")])
        ) { request, context in
            try await rehearse(try context.functionName(), request: request, context.query)
        }
        routes.add(
            RouteDeclaration(
                .get, "/v1/lanes", access: .operate,
                "Lists all lanes: each function's position in each partition, and its counts.",
                answers: [.list(of: LaneMessage.self, "The lanes.")])
        ) { _, _ in try await lanes() }
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

    /// Runs the script in the body twice over stored events and compares. Nothing is appended.
    private func rehearse(
        _ name: FunctionName, request: Request, _ query: QueryParameters
    ) async throws -> Response {
        guard let sample = query.text("sample") else {
            throw Problem.badRequest("'sample' is missing; name the station to take events from")
        }
        let source = try await JSONAnswer.bytes(of: request, most: FunctionLimits.sourceBytes)
        let examined = await operations.deployment.examine(
            name: name, file: query.text("file") ?? name.text + ".lua", source: source)
        guard case .deployable(let function) = examined else {
            guard case .failed(let why) = examined.status.state else {
                throw Problem.badRequest("the script is no function")
            }
            throw Problem.badRequest(why)
        }
        let report = try await operations.rehearsal.twice(
            function, sample: StationName(sample), last: try query.number("last") ?? 1_000)
        return try JSONAnswer.response(RehearsalMessage(report))
    }

    private func lanes() async throws -> Response {
        let lanes = try await operations.engine.lanes()
        let functions = Dictionary(
            await operations.functions.functions().map { ($0.name, $0.elsewhere) },
            uniquingKeysWith: { first, _ in first })
        return try JSONAnswer.response(
            lanes.map { lane in
                LaneMessage(
                    lane, worker: functions[lane.lane.function]?[lane.lane.partition])
            })
    }
}
