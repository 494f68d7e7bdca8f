/// What a script finds in its sandbox, by name. A test compares it with what a host really has.
package enum ScriptContract {
    /// Functions and values that are there by themselves.
    package static let globals: Set<String> = [
        "array", "assert", "error", "getmetatable", "ipairs", "null", "pairs", "pcall", "print",
        "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "tonumber",
        "tostring", "type",
    ]

    /// The libraries with their members.
    package static let libraries: [String: Set<String>] = [
        "math": [
            "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge",
            "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "sin",
            "sqrt", "tan", "tointeger", "type", "ult",
        ],
        "os": ["date", "time"],
        "string": [
            "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep",
            "reverse", "sub", "upper",
        ],
        "table": ["concat", "insert", "move", "pack", "remove", "sort", "unpack"],
        "utf8": ["char", "charpattern", "codepoint", "codes", "len", "offset"],
    ]

    /// Members of the handler's first argument.
    package static let eventFields: Set<String> = [
        "bytes", "data", "headers", "id", "key", "offset", "partition", "station", "time", "type",
    ]

    /// Members of the handler's second argument.
    package static let contextMembers: Set<String> = [
        "emit", "inputs", "log", "reject", "state", "timer",
    ]

    /// Members of `context.log`.
    package static let logLevels: Set<String> = ["debug", "error", "info", "warn"]

    /// What the second argument of `context.emit` may say.
    package static let emitOptions: Set<String> = ["headers", "id", "key", "to", "type"]

    /// What to do instead of what other Luas have and this one has not.
    static let advice: [String: String] = [
        "_G": "name the global itself",
        "_VERSION": "scripts are for Lua 5.4",
        "collectgarbage": "memory is looked after, and differs from run to run",
        "coroutine": "write the steps as functions",
        "debug": "context.log tells what is needed",
        "dofile": "scripts read no files; require loads functions/lib",
        "io": "scripts read and write no files",
        "load": "scripts make no code of text; write it in the file",
        "loadfile": "scripts read no files; require loads functions/lib",
        "loadstring": "scripts make no code of text; write it in the file",
        "math.ldexp": "multiply with 2.0 ^ n",
        "math.log10": "use math.log(x, 10)",
        "math.pow": "use x ^ y",
        "math.randomseed": "math.random is seeded from the event",
        "next": "use pairs, which goes in sorted order",
        "os.clock": "a script sees no clock; event.time and os.time() tell the event's time",
        "os.getenv": "a script sees no environment; use context.inputs",
        "package": "require loads functions/lib",
        "string.pack": "take numbers apart with string.byte",
        "string.unpack": "take numbers apart with string.byte",
        "table.getn": "use #",
        "unpack": "use table.unpack",
        "warn": "use context.log.warn",
        "xpcall": "use pcall",
    ]
}
