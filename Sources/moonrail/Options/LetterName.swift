import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// A dead letter as the command line names it: by its id, which is known to one function alone.
struct LetterName: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            """
            The letter's id, as dead list shows it. Its function may stand before it, which finds \
            it sooner.
            """, valueName: "function> <id"))
    var names: [String]

    func validate() throws {
        guard (1...2).contains(names.count) else {
            throw ValidationError("expected a letter's id, with or without its function before it")
        }
        if names.count == 2 { _ = try Names.function(names[0]) }
    }

    var id: String { names.last ?? "" }

    /// The function whose letter it is.
    ///
    /// - Throws: `CommandFailure` when none has a letter of this id.
    func function(_ client: APIClient) async throws -> FunctionName {
        if names.count == 2 { return try Names.function(names[0]) }
        for function in try await client.send(.functions, as: [FunctionMessage].self) {
            let name = try FunctionName(function.name)
            do {
                _ = try await client.send(.letter(of: name, id: id))
                return name
            } catch let problem as Problem where problem.status == 404 {
                continue
            }
        }
        throw CommandFailure(
            .notFound, "no function has a dead letter '\(id)'; see: moonrail dead list FUNCTION")
    }
}
