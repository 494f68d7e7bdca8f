/// How a handler can end.
struct HandlerPaths {
    /// Lines of returns that give a value, which becomes an event.
    private(set) var givesValue: [Int] = []
    /// Lines of returns without any value, and of the handler's own end where it can be reached.
    private(set) var givesNothing: [Int] = []

    init(_ handler: ScriptFunction) {
        collect(handler.body)
        if Self.canReachEnd(of: handler.body) { givesNothing.append(handler.body.endLine) }
    }

    private mutating func collect(_ block: ScriptBlock) {
        for statement in block.statements { collect(statement) }
    }

    private mutating func collect(_ statement: ScriptStatement) {
        switch statement {
        case .leave(let values, let line):
            guard let first = values.first else { return givesNothing.append(line) }
            if first != .absent, !Self.isRejection(first) { givesValue.append(line) }
        case .block(let block), .loop(_, let block), .repeatUntil(let block, _),
            .forEach(_, _, let block):
            collect(block)
        case .branch(let branches, let otherwise):
            for branch in branches { collect(branch.block) }
            if let otherwise { collect(otherwise) }
        case .local, .localFunction, .assign, .call, .jump:
            break
        }
    }

    private static func canReachEnd(of block: ScriptBlock) -> Bool {
        block.statements.allSatisfy(canGoOn)
    }

    private static func canGoOn(after statement: ScriptStatement) -> Bool {
        switch statement {
        case .leave, .jump: return false
        case .call(let call): return !isRejection(call) && !isError(call)
        case .block(let block): return canReachEnd(of: block)
        case .branch(let branches, let otherwise):
            guard let otherwise else { return true }
            return canReachEnd(of: otherwise)
                || branches.contains { canReachEnd(of: $0.block) }
        // One that never ends by itself is left by a return only; a break in it is taken for one.
        case .loop(condition: .constant("true"), _): return false
        case .local, .localFunction, .assign, .loop, .repeatUntil, .forEach: return true
        }
    }

    private static func isRejection(_ expression: ScriptExpression) -> Bool {
        guard case .call(.index(_, .string("reject"), _), _, _) = expression else { return false }
        return true
    }

    private static func isError(_ expression: ScriptExpression) -> Bool {
        guard case .call(.name("error", _), _, _) = expression else { return false }
        return true
    }
}
