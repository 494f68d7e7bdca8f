import FoundationEssentials
import Hummingbird
import Logging
import MoonrailCore
import MoonrailRuntime
import NIOCore

/// History that runs again to be compared; a `ComparisonLine` a line, as it goes.
struct ComparisonRoutes: Sendable {
    let operations: Operations
    let problems: ProblemMiddleware

    /// Of what ran, so often at most it is told how far it is.
    private static let progressPause = Duration.milliseconds(200)

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .post, Self.path + "history/diff", access: .operate,
                "Runs history through a script and tells what would come out otherwise.",
                parameters: [.from, .partition, .file],
                body: RouteBody(
                    [.script(bytesMaximum: FunctionLimits.sourceBytes)],
                    bytesMaximum: FunctionLimits.sourceBytes, isOptional: true),
                answers: [Self.lines])
        ) { request, context in
            try await diff(try context.functionName(), request, context)
        }
        routes.add(
            RouteDeclaration(
                .post, Self.path + "history/verify", access: .operate,
                "Runs history again, each event in the version that it ran in, and compares.",
                parameters: [.from, .partition], answers: [Self.lines])
        ) { request, context in
            compare(
                try wish(try context.functionName(), context.query, script: nil), request, context)
        }
        routes.add(
            RouteDeclaration(
                .post, Self.path + "shadow/compare", access: .operate,
                "Compares what a function's shadow wrote with what the function did.",
                answers: [Self.lines])
        ) { request, context in
            let name = try context.functionName()
            return answer(request, context) {
                try await operations.history.compareShadow(of: name, $0)
            }
        }
    }

    private static let path = "/v1/functions/{function}/"
    private static let lines = RouteAnswer.lines(
        .message(ComparisonLine.self),
        "What differs and how far it is, a line each; the last one has the report or the problem.")

    /// Runs the script of the body, or the one that lies in the functions directory where there is
    /// none.
    private func diff(
        _ name: FunctionName, _ request: Request, _ context: LocalRequestContext
    ) async throws -> Response {
        let query = context.query
        let source = try await JSONAnswer.bytes(of: request, most: FunctionLimits.sourceBytes)
        let examined =
            source.isEmpty
            ? await operations.deployment.examine(name: name)
            : await operations.deployment.examine(
                name: name, file: query.text("file") ?? name.text + ".lua", source: source)
        switch examined {
        case .deployable(let function):
            return compare(try wish(name, query, script: function), request, context)
        case .broken(let status):
            throw Problem.badRequest(status.state.reason ?? "the script is no function")
        case nil:
            let known = await operations.functions.functions().map(\.name.text)
            throw Problem.functionNotFound(name.text, known: known)
        }
    }

    private func wish(
        _ name: FunctionName, _ query: QueryParameters, script: DeployableFunction?
    ) throws -> HistoryComparison.Wish {
        HistoryComparison.Wish(
            name, script: script, from: try StartingPoint(query.text("from") ?? "earliest"),
            partition: try query.number("partition"))
    }

    /// Compares, tells what it finds, and answers with all of it.
    private typealias Comparing =
        @Sendable (
            (HistoryComparison.News) async throws -> Void
        ) async throws -> HistoryComparison.Report

    private func compare(
        _ wish: HistoryComparison.Wish, _ request: Request, _ context: LocalRequestContext
    ) -> Response {
        answer(request, context) { try await operations.history.run(wish, $0) }
    }

    private func answer(
        _ request: Request, _ context: LocalRequestContext, _ compare: @escaping Comparing
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: ResponseBody { output in
                // Whoever leaves ends it.
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await write(compare, request, context, into: &output)
                }
            })
    }

    private func write(
        _ compare: Comparing, _ request: Request, _ context: LocalRequestContext,
        into output: inout any ResponseBodyWriter
    ) async throws {
        let clock = ContinuousClock()
        var told = clock.now
        do {
            let report = try await compare { news in
                switch news {
                case .difference(let difference):
                    try await output.write(
                        Self.line(ComparisonLine(difference: DifferenceMessage(difference))))
                case .progress(let report):
                    guard clock.now - told >= Self.progressPause else { return }
                    told = clock.now
                    try await output.write(
                        Self.line(ComparisonLine(progress: ComparisonMessage(report))))
                }
            }
            try await output.write(Self.line(ComparisonLine(report: ComparisonMessage(report))))
        } catch {
            let problem = problems.problem(of: error, request: request, context.requestID)
            try await output.write(Self.line(ComparisonLine(problem: problem)))
        }
        try await output.finish(nil)
    }

    private static func line(_ line: ComparisonLine) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ByteBuffer(bytes: try encoder.encode(line) + [0x0A])
    }
}
