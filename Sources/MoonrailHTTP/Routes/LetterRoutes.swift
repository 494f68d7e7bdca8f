import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Dead letters of functions: list, show, retry, skip, rehearse.
struct LetterRoutes: Sendable {
    let operations: Operations

    /// Letters that one answer lists, unless it is asked for fewer or more.
    private static let listed = 100
    /// Most letters that one answer lists.
    private static let listedMaximum = 10_000

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, Self.path, access: .operate, "Lists a function's dead letters.",
                parameters: [
                    .query(
                        "status", .choice(ListedStatus.allCases.map(\.rawValue)),
                        "What became of them; `pending` where it is not given."),
                    .query("reason", .choice(LetterReason.names), "Why they failed."),
                    .query(
                        "limit", .number(0...UInt64.max),
                        "The most that are listed; 100, and never more than 10,000."),
                ], answers: [.list(of: LetterMessage.self, "The letters, oldest first.")])
        ) { _, context in try await list(try context.functionName(), context.query) }
        routes.add(
            RouteDeclaration(
                .get, Self.path + "/{letter}", access: .operate,
                "Shows a dead letter, with what was done about it.",
                answers: [.json(LetterMessage.self, "The letter.")])
        ) { _, context in
            try await show(try context.functionName(), id: try context.pathText("letter"))
        }
        addWish("retry", "Runs dead letters again, each in its key's order.", to: &routes) {
            try $0.retry()
        }
        addWish("skip", "Lays dead letters aside, for a reason.", to: &routes) { try $0.skip() }
        routes.add(
            RouteDeclaration(
                .post, Self.path + "/{letter}/rehearsal", access: .operate,
                "Runs a dead letter's event in a script. Nothing is appended.",
                parameters: [.file],
                body: RouteBody(
                    [.script(bytesMaximum: FunctionLimits.sourceBytes)],
                    bytesMaximum: FunctionLimits.sourceBytes, isOptional: true),
                answers: [.json(LetterRehearsalMessage.self, "What the script made of it.")])
        ) { request, context in
            try await rehearse(
                try context.functionName(), id: try context.pathText("letter"), request: request,
                context.query)
        }
    }

    private static let path = "/v1/functions/{function}/letters"

    private func addWish(
        _ name: String, _ summary: String, to routes: inout RouteTable,
        _ wish: @escaping @Sendable (LetterWishMessage) throws -> LetterWish
    ) {
        routes.add(
            RouteDeclaration(
                .post, Self.path + "/" + name, access: .operate, summary,
                body: .json(LetterWishMessage.self),
                answers: [.json(LetterSummaryMessage.self, "What became of them.")],
                problems: [409])
        ) { request, context in
            let message = try await JSONAnswer.message(LetterWishMessage.self, of: request)
            return try await fulfil(try wish(message), context)
        }
    }

    private func list(
        _ function: FunctionName, _ query: QueryParameters
    ) async throws -> Response {
        if let reason = query.text("reason") { try LetterReason.check(reason) }
        let filter = DeadLetters.Filter(
            status: try query.choice("status", default: ListedStatus.pending).status,
            reason: query.text("reason"))
        let limit = try query.number("limit", as: UInt.self).map { Int(clamping: $0) }
        do {
            let entries = try await operations.deadLetters.list(
                function, filter, limit: min(limit ?? Self.listed, Self.listedMaximum))
            return try JSONAnswer.response(entries.map { LetterMessage($0) })
        } catch EngineError.stationNotFound {
            // Deployed or not, it never ran: it has no letters, if there is such a function.
            try await checkExists(function)
            return try JSONAnswer.response([LetterMessage]())
        }
    }

    private func show(_ function: FunctionName, id: String) async throws -> Response {
        let (entry, followUps) = try await letter(function, id: id)
        return try JSONAnswer.response(LetterMessage(entry, followUps: followUps))
    }

    private func fulfil(
        _ wish: LetterWish, _ context: LocalRequestContext
    ) async throws -> Response {
        let function = try context.functionName()
        try await checkExists(function)
        let asker = await context.asker()
        let summary = try await operations.deadLetters.fulfil(wish, of: function)
        switch wish.action {
        case .retry:
            await operations.audit.note(
                .lettersRetried, .function(function),
                because: "\(summary.resent) resent, \(summary.failedAgain) failed again",
                by: asker)
        case .skip(let because):
            await operations.audit.note(
                .lettersSkipped, .function(function),
                because: "\(summary.skipped) skipped: \(because)",
                by: asker)
        }
        return try JSONAnswer.response(LetterSummaryMessage(summary))
    }

    /// Runs the letter's event in the body's script or, without one, in that of the directory.
    private func rehearse(
        _ name: FunctionName, id: String, request: Request, _ query: QueryParameters
    ) async throws -> Response {
        let source = try await JSONAnswer.bytes(of: request, most: FunctionLimits.sourceBytes)
        let (entry, _) = try await letter(name, id: id)
        let examined =
            source.isEmpty
            ? await operations.deployment.examine(name: name)
            : await operations.deployment.examine(
                name: name, file: query.text("file") ?? name.text + ".lua", source: source)
        guard let examined else { throw await notFound(name) }
        guard case .deployable(let function) = examined else {
            throw Problem.badRequest(
                examined.status.state.reason ?? "the script is no function")
        }
        let report = try await operations.letterRehearsal.run(entry.letter, in: function)
        return try JSONAnswer.response(LetterRehearsalMessage(report, of: entry))
    }

    private func letter(
        _ function: FunctionName, id: String
    ) async throws -> (entry: DeadLetters.Entry, followUps: [Event]) {
        do {
            if let found = try await operations.deadLetters.letter(function, id: id) {
                return found
            }
        } catch EngineError.stationNotFound {
            try await checkExists(function)
        }
        throw Problem.letterNotFound(id, of: function)
    }

    private func checkExists(_ function: FunctionName) async throws {
        let functions = await operations.functions.functions()
        guard functions.contains(where: { $0.name == function }) else {
            throw await notFound(function)
        }
    }

    private func notFound(_ function: FunctionName) async -> Problem {
        let known = await operations.functions.functions().map(\.name.text)
        return .functionNotFound(function.text, known: known)
    }
}

/// Which letters a list has, as its query says it.
private enum ListedStatus: String, CaseIterable {
    case pending, resent, skipped, all

    /// Nil for any.
    var status: DeadLetters.Status? { DeadLetters.Status(rawValue: rawValue) }
}

extension LocalRequestContext {
    /// The function that the path names.
    func functionName() throws -> FunctionName {
        try FunctionName(try pathText("function"))
    }
}
