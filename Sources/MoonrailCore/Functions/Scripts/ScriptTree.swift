// What a script says, as far as it matters to whoever looks for mistakes in it: who runs it is the
// host, which has a compiler of its own.

/// Statements in their order.
struct ScriptBlock: Hashable, Sendable {
    var statements: [ScriptStatement] = []
    /// Line of what ends it: `end`, `else`, `until`, or the end of the file.
    var endLine = 0
}

indirect enum ScriptStatement: Hashable, Sendable {
    case local(names: [String], values: [ScriptExpression], line: Int)
    case localFunction(name: String, ScriptFunction)
    case assign(targets: [ScriptExpression], values: [ScriptExpression])
    case call(ScriptExpression)
    case block(ScriptBlock)
    case loop(condition: ScriptExpression, ScriptBlock)
    /// Its condition sees the block's variables.
    case repeatUntil(ScriptBlock, condition: ScriptExpression)
    case branch([Branch], otherwise: ScriptBlock?)
    case forEach(names: [String], values: [ScriptExpression], ScriptBlock)
    case leave([ScriptExpression], line: Int)
    /// `goto` and `break`.
    case jump

    struct Branch: Hashable, Sendable {
        let condition: ScriptExpression
        let block: ScriptBlock
    }
}

indirect enum ScriptExpression: Hashable, Sendable {
    case name(String, line: Int)
    case string(String)
    case absent
    /// A number, `true`, `false`, `...`.
    case constant(String)
    case function(ScriptFunction)
    case table([Field], line: Int)
    case index(ScriptExpression, key: ScriptExpression, line: Int)
    case call(ScriptExpression, [ScriptExpression], line: Int)
    case method(ScriptExpression, [ScriptExpression])
    case operation([ScriptExpression])

    struct Field: Hashable, Sendable {
        /// Nil in a list.
        let key: ScriptExpression?
        let value: ScriptExpression
        let line: Int
    }
}

struct ScriptFunction: Hashable, Sendable {
    /// Its number in the order in which the functions of the file begin: what tells it from others.
    let number: Int
    let parameters: [String]
    let body: ScriptBlock
    let line: Int
}
