import FoundationEssentials
import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// The state that functions keep: now, then, and how it came to be.
struct StateRoutes: Sendable {
    let operations: Operations

    private var states: FunctionStates { FunctionStates(engine: operations.engine) }

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, Self.path, access: .operate, "Lists the keys that have state.",
                parameters: [
                    .query(
                        "after", .text(bytesMaximum: Bounds.keyBytes),
                        "The last key so far; goes together with `partition`."),
                    .partition, Self.limit,
                ], answers: [.list(of: StateMessage.self, "The keys, by partition and bytes.")])
        ) { _, context in try await list(try context.functionName(), context.query) }
        routes.add(
            RouteDeclaration(
                .get, Self.path + "/count", access: .operate, "Counts the keys that have state.",
                answers: [.json(StateCountMessage.self, "How many there are.")])
        ) { _, context in
            let name = try context.functionName()
            let count = try await Self.known { try await states.count(of: name) }
            return try JSONAnswer.response(StateCountMessage(keys: count))
        }
        routes.add(
            RouteDeclaration(
                .get, Self.path + "/value", access: .operate,
                "Shows the state of one key, as it is or as it was.",
                parameters: [
                    Self.key,
                    .query(
                        "at", .text(),
                        "A moment: an offset of the function's input, or a time such as "
                            + "2026-01-31T08:00:00Z."),
                ], answers: [.json(StateMessage.self, "The state.")])
        ) { _, context in try await value(try context.functionName(), context.query) }
        routes.add(
            RouteDeclaration(
                .get, Self.path + "/history", access: .operate,
                "Lists the changes of one key's state.", parameters: [Self.key, Self.limit],
                answers: [.list(of: StateChangeMessage.self, "The changes, latest first.")])
        ) { _, context in try await history(try context.functionName(), context.query) }
    }

    private static let path = "/v1/functions/{function}/state"
    private static let key = RouteParameter.query(
        "key", .text(bytesMaximum: Bounds.keyBytes), "Whose state is meant.", isRequired: true)
    private static let limit = RouteParameter.query(
        "limit", .number(1...UInt64(FunctionStates.most)), "The most that are listed; 100.")

    private func list(_ name: FunctionName, _ query: QueryParameters) async throws -> Response {
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

    private func value(_ name: FunctionName, _ query: QueryParameters) async throws -> Response {
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

    private func history(_ name: FunctionName, _ query: QueryParameters) async throws -> Response {
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
