/// Where in a script the parts of the function are that it returns.
package struct ScriptOutline: Sendable {
    /// The line of the `return` at the file's end; nil when there is none.
    package private(set) var returnLine: Int?
    /// The line of each field of the table that it returns, where that is written as such.
    package private(set) var fieldLines: [String: Int] = [:]
    /// The handler, where it is written in the table or as a local function.
    let handler: ScriptFunction?
    /// The same of `on_timer`.
    private(set) var timerHandler: ScriptFunction?
    /// Nil for what can't be read as a script. Whether it is one the host says.
    let tree: ScriptBlock?
    /// Where the file ends, or where it can't be read on.
    private let lastLine: Int

    package init(_ source: [UInt8]) {
        let tree: ScriptBlock
        do throws(UnreadableScript) {
            tree = try ScriptParser.tree(of: source)
        } catch {
            self.tree = nil
            handler = nil
            lastLine = error.line
            return
        }
        self.tree = tree
        lastLine = tree.endLine
        guard case .leave(let values, let line) = tree.statements.last else {
            handler = nil
            return
        }
        returnLine = line
        guard let value = values.first,
            case .table(let fields, _) = Self.resolved(value, in: tree)
        else {
            handler = nil
            return
        }
        var handler: ScriptFunction?
        for field in fields {
            guard case .string(let name) = field.key else { continue }
            fieldLines[name] = field.line
            guard case .function(let function) = Self.resolved(field.value, in: tree) else {
                continue
            }
            if name == "handler" { handler = function }
            if name == "on_timer" { timerHandler = function }
        }
        self.handler = handler
    }

    /// What stands behind the name of a local variable of the file that is given once.
    private static func resolved(
        _ expression: ScriptExpression, in tree: ScriptBlock
    ) -> ScriptExpression {
        guard case .name(let name, _) = expression else { return expression }
        var found: [ScriptExpression] = []
        for statement in tree.statements {
            switch statement {
            case .local(let names, let values, _):
                if let index = names.firstIndex(of: name), index < values.count {
                    found.append(values[index])
                }
            case .localFunction(name, let function):
                found.append(.function(function))
            default: break
            }
        }
        return found.count == 1 ? found[0] : expression
    }

    /// Completes a message about a script that does not load: with a line, where the host knows
    /// none, and with what to do, where Lua only says what went wrong.
    ///
    /// - Parameter message: as the host gave it, beginning with the file's name.
    package func completing(_ message: String, in file: String) -> String {
        let message = Self.withWholePath(message, of: file)
        let rest = message.dropFirst(file.utf8.count + 2)
        guard message.hasPrefix(file + ": "), !rest.hasPrefix("loading") else {
            return message + Self.advice(on: message)
        }
        if rest.hasPrefix("C stack overflow") || rest.hasPrefix("chunk has too many") {
            return "\(file):\(lastLine): it is nested more deeply than the compiler goes, 200 "
                + "levels; take it apart"
        }
        let field = rest.prefix { $0.isLetter || $0 == "_" }
        let line = fieldLines[String(field)] ?? returnLine ?? lastLine
        return "\(file):\(line): \(rest)"
    }

    /// Lua keeps the last 60 bytes of a path alone: puts the rest of it back, of the script itself
    /// or of a library beside it.
    private static func withWholePath(_ message: String, of file: String) -> String {
        guard message.hasPrefix("..."), let colon = message.firstIndex(of: ":") else {
            return message
        }
        let end = message[..<colon].dropFirst(3)
        let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
        let name = end.lastIndex(of: "/").map { end[end.index(after: $0)...] } ?? end
        let whole = [file, "\(folder)lib/\(name)"].first { $0.hasSuffix(end) }
        return (whole ?? String(message[..<colon])) + message[colon...]
    }

    /// What a function of other Luas is called here, and where the handler's arguments are.
    private static func advice(on message: String) -> String {
        guard let name = message.firstMatch(of: /\(global '([A-Za-z_0-9]+)'\)$/)?.1 else {
            return ""
        }
        if name == "context" || name == "event" {
            return "; only the handler has it, while events run"
        }
        return ScriptContract.advice[String(name)].map { "; there is no \(name): \($0)" } ?? ""
    }
}
