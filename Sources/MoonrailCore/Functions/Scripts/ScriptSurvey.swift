/// What a script uses: names that are not its own, members of its handler's arguments, emissions.
struct ScriptSurvey {
    /// A use of something by its name.
    struct Use: Hashable {
        let name: String
        let line: Int
    }

    /// One `context.emit`.
    struct Emission: Hashable {
        enum Target: Hashable {
            /// No `to`: the first station that is declared.
            case first
            case station(String)
            /// What `to` will be is not to be seen here.
            case unknown
        }

        let target: Target
        let line: Int
    }

    private(set) var globalReads: [Use] = []
    private(set) var globalWrites: [Use] = []
    /// Members of libraries, such as `os.clock`.
    private(set) var libraryReads: [Use] = []
    private(set) var eventReads: [Use] = []
    private(set) var eventWrites: Set<String> = []
    private(set) var contextReads: [Use] = []
    private(set) var emissions: [Emission] = []
    /// Names of options of `context.emit`.
    private(set) var emitOptions: [Use] = []
    /// Whether the context, or its `emit`, goes where it can't be followed.
    private(set) var contextEscapes = false
    /// Whether the script takes its globals into its own hands.
    private(set) var changesGlobals = false

    private enum Binding { case local, event, context }
    private var scopes: [[String: Binding]] = [[:]]
    private let handler: ScriptFunction?
    private let timerHandler: ScriptFunction?

    init(
        _ tree: ScriptBlock, handler: ScriptFunction? = nil, timerHandler: ScriptFunction? = nil
    ) {
        self.handler = handler
        self.timerHandler = timerHandler
        visit(tree)
    }

    // MARK: - Variables

    private mutating func declare(_ name: String, as binding: Binding = .local) {
        if name == "_ENV" { changesGlobals = true }
        scopes[scopes.count - 1][name] = binding
    }

    private func binding(of name: String) -> Binding? {
        for scope in scopes.reversed() {
            if let binding = scope[name] { return binding }
        }
        return nil
    }

    private mutating func inScope(_ body: (inout ScriptSurvey) -> Void) {
        scopes.append([:])
        body(&self)
        scopes.removeLast()
    }

    // MARK: - Statements

    private mutating func visit(_ block: ScriptBlock) {
        inScope { survey in
            for statement in block.statements { survey.visit(statement) }
        }
    }

    private mutating func visit(_ statement: ScriptStatement) {
        switch statement {
        case .local(let names, let values, _):
            visit(values)
            for name in names { declare(name) }
        case .localFunction(let name, let function):
            declare(name)
            visit(function)
        case .assign(let targets, let values):
            visit(values)
            for target in targets { assign(target) }
        case .call(let expression):
            visit(expression)
        case .block(let block):
            visit(block)
        case .loop(let condition, let block):
            visit(condition)
            visit(block)
        case .repeatUntil(let block, let condition):
            inScope { survey in
                for statement in block.statements { survey.visit(statement) }
                survey.visit(condition)
            }
        case .branch(let branches, let otherwise):
            for branch in branches {
                visit(branch.condition)
                visit(branch.block)
            }
            if let otherwise { visit(otherwise) }
        case .forEach(let names, let values, let block):
            visit(values)
            inScope { survey in
                for name in names { survey.declare(name) }
                survey.visit(block)
            }
        case .leave(let values, _):
            visit(values)
        case .jump:
            break
        }
    }

    private mutating func assign(_ target: ScriptExpression) {
        switch target {
        case .name(let name, let line):
            if binding(of: name) == nil { globalWrites.append(Use(name: name, line: line)) }
        case .index(.name(let base, _), .string(let key), _) where binding(of: base) == .event:
            eventWrites.insert(key)
        case .index(let base, let key, _):
            visit(base)
            visit(key)
        default:
            visit(target)
        }
    }

    private mutating func visit(_ function: ScriptFunction) {
        let isHandler = function == handler
        let hasContext = isHandler || function == timerHandler
        inScope { survey in
            for (place, name) in function.parameters.enumerated() {
                let binding: Binding =
                    switch place {
                    case 0 where isHandler: .event
                    case 1 where hasContext: .context
                    default: .local
                    }
                survey.declare(name, as: binding)
            }
            survey.visit(function.body)
        }
    }

    // MARK: - Expressions

    private mutating func visit(_ expressions: [ScriptExpression]) {
        for expression in expressions { visit(expression) }
    }

    private mutating func visit(_ expression: ScriptExpression) {
        switch expression {
        case .name(let name, let line):
            read(name, line)
        case .function(let function):
            visit(function)
        case .table(let fields, _):
            for field in fields {
                if let key = field.key { visit(key) }
                visit(field.value)
            }
        case .index(let base, let key, let line):
            if !readMember(of: base, key, line) {
                visit(base)
                visit(key)
            }
        case .call(let callee, let arguments, let line):
            if isEmit(callee) {
                contextReads.append(Use(name: "emit", line: line))
                emit(arguments, line)
            } else {
                visit(callee)
            }
            visit(arguments)
        case .method(let base, let arguments):
            visit(base)
            visit(arguments)
        case .operation(let operands):
            visit(operands)
        case .string, .absent, .constant:
            break
        }
    }

    private mutating func read(_ name: String, _ line: Int) {
        switch binding(of: name) {
        case nil where name == "_ENV": changesGlobals = true
        case nil: globalReads.append(Use(name: name, line: line))
        case .context: contextEscapes = true
        case .local, .event: break
        }
    }

    /// Notes the member where it is one of the host's own tables; false where it is none.
    private mutating func readMember(
        of base: ScriptExpression, _ key: ScriptExpression, _ line: Int
    ) -> Bool {
        guard case .name(let table, _) = base, case .string(let member) = key else {
            if case .index(let inner, .string("log"), _) = base, case .string(let level) = key,
                case .name(let name, _) = inner, binding(of: name) == .context
            {
                contextReads.append(Use(name: "log." + level, line: line))
                return true
            }
            return false
        }
        switch binding(of: table) {
        case .context:
            contextReads.append(Use(name: member, line: line))
            // As a value it may be called anywhere, with anything.
            if member == "emit" { contextEscapes = true }
        case .event:
            eventReads.append(Use(name: member, line: line))
        case nil where ScriptContract.libraries[table] != nil:
            libraryReads.append(Use(name: table + "." + member, line: line))
        case nil where ScriptContract.advice[table + "." + member] != nil:
            libraryReads.append(Use(name: table + "." + member, line: line))
        case nil, .local:
            return false
        }
        return true
    }

    private func isEmit(_ callee: ScriptExpression) -> Bool {
        guard case .index(.name(let name, _), .string("emit"), _) = callee else { return false }
        return binding(of: name) == .context
    }

    private mutating func emit(_ arguments: [ScriptExpression], _ line: Int) {
        guard arguments.count > 1 else {
            emissions.append(Emission(target: .first, line: line))
            return
        }
        guard case .table(let fields, _) = arguments[1] else {
            emissions.append(Emission(target: .unknown, line: line))
            return
        }
        var target = Emission.Target.first
        var targetLine = line
        for field in fields {
            guard case .string(let name) = field.key else {
                target = .unknown
                continue
            }
            emitOptions.append(Use(name: name, line: field.line))
            guard name == "to" else { continue }
            targetLine = field.line
            if case .string(let station) = field.value {
                target = .station(station)
            } else {
                target = .unknown
            }
        }
        emissions.append(Emission(target: target, line: targetLine))
    }
}
