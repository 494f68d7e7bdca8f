import FoundationEssentials
import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// The state that functions keep: now, then, and how it came to be.
struct StateRoutes: Sendable {
    let operations: Operations

    private var states: FunctionStates { FunctionStates(engine: operations.engine) }

    func add(to api: RouterGroup<LocalRequestContext>) {
        api.get("functions/:function/state") { request, context in
            try await list(try context.functionName(), request: request)
        }
        api.get("functions/:function/state/count") { _, context in
            let name = try context.functionName()
            let count = try await Self.known { try await states.count(of: name) }
            return try JSONAnswer.response(StateCountMessage(keys: count))
        }
        api.get("functions/:function/state/value") { request, context in
            try await value(try context.functionName(), request: request)
        }
        api.get("functions/:function/state/history") { request, context in
            try await history(try context.functionName(), request: request)
        }
    }

    private func list(_ name: FunctionName, request: Request) async throws -> Response {
        let query = try QueryParameters(of: request, known: ["after", "partition", "limit"])
        let after = try query.key("after")
        let partition: UInt32? = try query.number("partition")
        guard (after == nil) == (partition == nil) else {
            throw Problem.badRequest("'after' and 'partition' go together: the last key so far")
        }
        let place = after.flatMap { key in partition.map { (partition: $0, key: key) } }
        let limit = try Self.limit(query)
        let entries = try await Self.known {
            try await states.page(of: name, after: place, limit: limit)
        }
        return try JSONAnswer.response(entries.map(StateMessage.init))
    }

    private func value(_ name: FunctionName, request: Request) async throws -> Response {
        let query = try QueryParameters(of: request, known: ["key", "at"])
        let key = try Self.key(query)
        let moment = try query.text("at").map(Self.moment)
        let entry = try await Self.known {
            if let moment {
                return try await states.value(of: name, key: key, at: moment)
            }
            return try await states.value(of: name, key: key)
        }
        return try JSONAnswer.response(StateMessage(entry))
    }

    private func history(_ name: FunctionName, request: Request) async throws -> Response {
        let query = try QueryParameters(of: request, known: ["key", "limit"])
        let (key, limit) = (try Self.key(query), try Self.limit(query))
        let changes = try await Self.known {
            try await states.history(of: name, key: key, limit: limit)
        }
        return try JSONAnswer.response(changes.map(StateChangeMessage.init))
    }

    private static func key(_ query: QueryParameters) throws(Problem) -> [UInt8] {
        guard let key = try query.key("key") else {
            throw .badRequest("'key' is missing; say whose state it is")
        }
        return key
    }

    private static func limit(_ query: QueryParameters) throws(Problem) -> Int {
        let limit: UInt = try query.number("limit") ?? 100
        guard (1...UInt(FunctionStates.most)).contains(limit) else {
            throw .badRequest("'limit' is \(limit); it must be 1 to \(FunctionStates.most)")
        }
        return Int(limit)
    }

    private static func moment(_ text: String) throws(Problem) -> FunctionStates.Moment {
        if let offset = UInt64(text) { return .offset(offset) }
        if let time = EventTime(text) { return .time(time) }
        throw .badRequest(
            "'at' is '\(text)'; it must be an offset of the function's input, or a time such as "
                + "2026-01-31T08:00:00Z")
    }

    /// Turns what can't be told into an answer.
    private static func known<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let unknown as StateUnknown {
            throw Problem.stateUnknown(unknown.description)
        }
    }
}
