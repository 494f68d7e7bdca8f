/// Makes a tree of a script's tokens. It takes some sources that the compiler refuses: those that
/// matter have compiled.
struct ScriptParser {
    /// The compiler stops at 200 levels.
    private static let depthMaximum = 210
    /// Names, indices and calls in one chain: each is a level of the tree, too.
    private static let chainMaximum = 200

    private let tokens: [ScriptToken]
    private var at = 0
    private var depth = 0
    private var functions = 0

    private init(_ tokens: [ScriptToken]) {
        self.tokens = tokens
    }

    /// The statements of a whole file.
    static func tree(of source: [UInt8]) throws(UnreadableScript) -> ScriptBlock {
        var parser = ScriptParser(try ScriptLexer.tokens(of: source))
        let block = try parser.block()
        guard parser.current.kind == .end else { throw parser.unreadable }
        return block
    }

    private var current: ScriptToken { tokens[at] }
    private var unreadable: UnreadableScript { UnreadableScript(line: current.line) }

    private mutating func advance() {
        if at < tokens.count - 1 { at += 1 }
    }

    private mutating func takes(symbol: String) -> Bool {
        guard current.isSymbol(symbol) else { return false }
        advance()
        return true
    }

    private mutating func takes(keyword: String) -> Bool {
        guard current.isKeyword(keyword) else { return false }
        advance()
        return true
    }

    private mutating func expect(symbol: String) throws(UnreadableScript) {
        guard takes(symbol: symbol) else { throw unreadable }
    }

    private mutating func expect(keyword: String) throws(UnreadableScript) {
        guard takes(keyword: keyword) else { throw unreadable }
    }

    private mutating func name() throws(UnreadableScript) -> String {
        guard current.kind == .name else { throw unreadable }
        defer { advance() }
        return current.text
    }

    private mutating func deeper() throws(UnreadableScript) {
        depth += 1
        guard depth <= Self.depthMaximum else { throw unreadable }
    }
}

// MARK: - Statements

extension ScriptParser {
    private mutating func block() throws(UnreadableScript) -> ScriptBlock {
        try deeper()
        defer { depth -= 1 }
        var block = ScriptBlock()
        while !endsBlock {
            if let statement = try statement() { block.statements.append(statement) }
        }
        block.endLine = current.line
        return block
    }

    private var endsBlock: Bool {
        current.kind == .end
            || ["end", "else", "elseif", "until"].contains { current.isKeyword($0) }
    }

    /// A block and its `end`.
    private mutating func closedBlock() throws(UnreadableScript) -> ScriptBlock {
        let block = try block()
        try expect(keyword: "end")
        return block
    }

    private mutating func statement() throws(UnreadableScript) -> ScriptStatement? {
        let line = current.line
        guard current.kind == .keyword else { return try plainStatement() }
        switch current.text {
        case "local": return try local(line)
        case "if": return try branch()
        case "for": return try forEach()
        case "function": return try functionStatement(line)
        case "do":
            advance()
            return .block(try closedBlock())
        case "while":
            advance()
            let condition = try expression()
            try expect(keyword: "do")
            return .loop(condition: condition, try closedBlock())
        case "repeat":
            advance()
            let block = try block()
            try expect(keyword: "until")
            return .repeatUntil(block, condition: try expression())
        case "return":
            advance()
            let isBare = endsBlock || current.isSymbol(";")
            let values = isBare ? [] : try expressions()
            _ = takes(symbol: ";")
            return .leave(values, line: line)
        case "break":
            advance()
            return .jump
        case "goto":
            advance()
            _ = try name()
            return .jump
        default: throw unreadable
        }
    }

    /// An assignment, a call, a label, or a lone semicolon.
    private mutating func plainStatement() throws(UnreadableScript) -> ScriptStatement? {
        if takes(symbol: ";") { return nil }
        if takes(symbol: "::") {
            _ = try name()
            try expect(symbol: "::")
            return nil
        }
        var targets = [try suffixed()]
        if !current.isSymbol("="), !current.isSymbol(",") { return .call(targets[0]) }
        while takes(symbol: ",") { targets.append(try suffixed()) }
        try expect(symbol: "=")
        return .assign(targets: targets, values: try expressions())
    }

    private mutating func local(_ line: Int) throws(UnreadableScript) -> ScriptStatement {
        advance()
        if takes(keyword: "function") {
            let name = try name()
            return .localFunction(name: name, try function(line: line))
        }
        var names: [String] = []
        repeat {
            names.append(try name())
            if takes(symbol: "<") {
                _ = try name()
                try expect(symbol: ">")
            }
        } while takes(symbol: ",")
        return .local(
            names: names, values: takes(symbol: "=") ? try expressions() : [], line: line)
    }

    private mutating func branch() throws(UnreadableScript) -> ScriptStatement {
        var branches: [ScriptStatement.Branch] = []
        repeat {
            advance()
            let condition = try expression()
            try expect(keyword: "then")
            branches.append(.init(condition: condition, block: try block()))
        } while current.isKeyword("elseif")
        let otherwise = takes(keyword: "else") ? try block() : nil
        try expect(keyword: "end")
        return .branch(branches, otherwise: otherwise)
    }

    private mutating func forEach() throws(UnreadableScript) -> ScriptStatement {
        advance()
        var names = [try name()]
        while takes(symbol: ",") { names.append(try name()) }
        guard takes(symbol: "=") || takes(keyword: "in") else { throw unreadable }
        let values = try expressions()
        try expect(keyword: "do")
        return .forEach(names: names, values: values, try closedBlock())
    }

    /// `function a.b:c() ... end`
    private mutating func functionStatement(_ line: Int) throws(UnreadableScript)
        -> ScriptStatement
    {
        advance()
        var target = ScriptExpression.name(try name(), line: line)
        var isMethod = false
        while !isMethod, current.isSymbol(".") || current.isSymbol(":") {
            isMethod = current.isSymbol(":")
            advance()
            target = .index(target, key: .string(try name()), line: line)
        }
        let function = try function(line: line, isMethod: isMethod)
        return .assign(targets: [target], values: [.function(function)])
    }

    private mutating func function(
        line: Int, isMethod: Bool = false
    ) throws(UnreadableScript) -> ScriptFunction {
        functions += 1
        let number = functions
        var parameters = isMethod ? ["self"] : []
        try expect(symbol: "(")
        while !current.isSymbol(")") {
            if !takes(symbol: "...") { parameters.append(try name()) }
            if !takes(symbol: ",") { break }
        }
        try expect(symbol: ")")
        return ScriptFunction(
            number: number, parameters: parameters, body: try closedBlock(), line: line)
    }
}

// MARK: - Expressions

extension ScriptParser {
    private mutating func expressions() throws(UnreadableScript) -> [ScriptExpression] {
        var expressions = [try expression()]
        while takes(symbol: ",") { expressions.append(try expression()) }
        return expressions
    }

    private static let unary: Set<String> = ["not", "-", "#", "~"]
    private static let binary: Set<String> = [
        "and", "or", "<", ">", "<=", ">=", "~=", "==", "|", "~", "&", "<<", ">>", "..", "+", "-",
        "*", "/", "//", "%", "^",
    ]

    private func isOperator(in operators: Set<String>) -> Bool {
        (current.kind == .symbol || current.kind == .keyword) && operators.contains(current.text)
    }

    /// Operands in their order: which operator binds tighter does not matter here.
    private mutating func expression() throws(UnreadableScript) -> ScriptExpression {
        try deeper()
        defer { depth -= 1 }
        var operands: [ScriptExpression] = []
        var isPlain = true
        repeat {
            if !operands.isEmpty { advance() }
            while isOperator(in: Self.unary) {
                isPlain = false
                advance()
            }
            operands.append(try simple())
        } while isOperator(in: Self.binary)
        return isPlain && operands.count == 1 ? operands[0] : .operation(operands)
    }

    private mutating func simple() throws(UnreadableScript) -> ScriptExpression {
        let token = current
        switch token.kind {
        case .string:
            advance()
            return .string(token.text)
        case .number:
            advance()
            return .constant(token.text)
        case .keyword where token.text == "nil":
            advance()
            return .absent
        case .keyword where token.text == "true" || token.text == "false":
            advance()
            return .constant(token.text)
        case .keyword where token.text == "function":
            advance()
            return .function(try function(line: token.line))
        case .symbol where token.text == "...":
            advance()
            return .constant(token.text)
        case .symbol where token.text == "{":
            return try table()
        default:
            return try suffixed()
        }
    }

    /// A name or a parenthesis with what is read from it and called of it.
    private mutating func suffixed() throws(UnreadableScript) -> ScriptExpression {
        var result: ScriptExpression
        let line = current.line
        if takes(symbol: "(") {
            result = .operation([try expression()])
            try expect(symbol: ")")
        } else {
            result = .name(try name(), line: line)
        }
        for _ in 0..<Self.chainMaximum {
            let line = current.line
            if takes(symbol: ".") {
                result = .index(result, key: .string(try name()), line: line)
            } else if takes(symbol: "[") {
                result = .index(result, key: try expression(), line: line)
                try expect(symbol: "]")
            } else if takes(symbol: ":") {
                _ = try name()
                guard let arguments = try arguments() else { throw unreadable }
                result = .method(result, arguments)
            } else if let arguments = try arguments() {
                result = .call(result, arguments, line: line)
            } else {
                return result
            }
        }
        throw unreadable
    }

    /// Nil when no call begins here.
    private mutating func arguments() throws(UnreadableScript) -> [ScriptExpression]? {
        if current.kind == .string || current.isSymbol("{") { return [try simple()] }
        guard takes(symbol: "(") else { return nil }
        let arguments = current.isSymbol(")") ? [] : try expressions()
        try expect(symbol: ")")
        return arguments
    }

    private mutating func table() throws(UnreadableScript) -> ScriptExpression {
        let start = current.line
        try deeper()
        defer { depth -= 1 }
        advance()
        var fields: [ScriptExpression.Field] = []
        while !current.isSymbol("}") {
            let line = current.line
            var key: ScriptExpression?
            if takes(symbol: "[") {
                key = try expression()
                try expect(symbol: "]")
                try expect(symbol: "=")
            } else if current.kind == .name, tokens[at + 1].isSymbol("=") {
                key = .string(try name())
                advance()
            }
            fields.append(.init(key: key, value: try expression(), line: line))
            if !takes(symbol: ","), !takes(symbol: ";") { break }
        }
        try expect(symbol: "}")
        return .table(fields, line: start)
    }
}
