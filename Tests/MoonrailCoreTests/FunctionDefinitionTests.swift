import MoonrailCore
import Testing

struct FunctionDefinitionTests {
    private func definition(
        _ table: String, _ overrides: FunctionOverrides = FunctionOverrides()
    ) throws -> FunctionDefinition {
        try FunctionDefinition(
            name: "celsius", file: "functions/celsius.lua",
            table: try JSONValue(parsing: Array(table.utf8)), overrides: overrides,
            limits: FunctionLimits())
    }

    @Test func `a table with nothing but 'from' gets the defaults`() throws {
        let definition = try definition(#"{"from": "readings", "handler": "<function>"}"#)
        #expect(definition.from.map(\.text) == ["readings"])
        #expect(definition.to == [])
        #expect(definition.start == .earliest)
        #expect(definition.batchEvents == 512)
        #expect(definition.description == nil)
        #expect(definition.limits == FunctionLimits())
        #expect(definition.inputs == .object([:]))
    }

    @Test func `a table with every field gives every setting`() throws {
        let definition = try definition(
            #"""
            {"from": ["a", "b"], "to": ["c", "d"], "start": "latest", "batch": 64,
             "description": "what it does", "handler": "<function>",
             "limits": {"memory": "64MiB", "time": "50ms"}}
            """#)
        #expect(definition.from.map(\.text) == ["a", "b"])
        #expect(definition.to.map(\.text) == ["c", "d"])
        #expect(definition.start == .latest)
        #expect(definition.batchEvents == 64)
        #expect(definition.description == "what it does")
        #expect(definition.limits.memoryBytes == 64 << 20)
        #expect(definition.limits.eventTime == .milliseconds(50))
    }

    @Test func `timers are declared by on_timer, with the lateness of events`() throws {
        let head = #"{"from": "a", "state": {}, "on_timer": "<function>""#
        #expect(try definition(#"{"from": "a", "state": {}}"#).timers == nil)
        #expect(try definition(head + "}").timers == TimerDefinition())
        let late = try definition(head + #", "timers": {"lateness": "90s"}}"#)
        #expect(late.timers == TimerDefinition(lateness: .seconds(90)))
        let idle = try definition(head + #", "timers": {"idle": "10m"}}"#)
        #expect(idle.timers == TimerDefinition(idle: .seconds(600)))
        let wrong = [
            (head + #", "timers": {"idle": "0s"}}"#, "must be a duration from 1ms to 30d"),
            (head + #", "timers": {"lateness": "31d"}}"#, "must be a duration from 0s to 30d"),
            (head + #", "timers": {"lateness": 5}}"#, "must be a duration from 0s to 30d"),
            (head + #", "timers": {"late": "5s"}}"#, "field 'timers.late' is not known"),
            (#"{"from": "a", "state": {}, "timers": {}}"#, "without 'on_timer'"),
            (#"{"from": "a", "on_timer": "<function>"}"#, "add state = {}"),
            (#"{"from": "a", "state": {}, "on_timer": 5}"#, "must be a function"),
        ]
        for (table, message) in wrong {
            let refusal = #expect(throws: InvalidDefinition.self) { try definition(table) }
            #expect(refusal?.description.contains(message) == true, "\(table)")
        }
    }

    @Test func `the operator sets any limit of one function, beyond what its script may ask`()
        throws
    {
        var overrides = FunctionOverrides()
        overrides.memoryBytes = 512 << 20
        overrides.eventTime = .seconds(5)
        overrides.wallTime = .seconds(20)
        overrides.emissions = 7
        overrides.nesting = 9
        let limits = try definition(#"{"from": "a"}"#, overrides).limits
        #expect(limits.memoryBytes == 512 << 20 && limits.eventTime == .seconds(5))
        #expect(limits.wallTime == .seconds(20) && limits.emissions == 7 && limits.nesting == 9)
        #expect(limits.logLines == FunctionLimits().logLines)
        let asked = #"{"from": "a", "limits": {"memory": "512MiB"}}"#
        let refusal = #expect(throws: InvalidDefinition.self) { try definition(asked) }
        #expect(refusal?.description.contains("limits.memory_maximum") == true)
    }

    @Test func `what the configuration says stands over what the script says`() throws {
        var overrides = FunctionOverrides()
        overrides.from = ["other"]
        overrides.to = ["output"]
        overrides.start = .latest
        overrides.batchEvents = 8
        overrides.description = "theirs"
        overrides.memoryBytes = 1 << 20
        overrides.eventTime = .seconds(1)
        overrides.inputs = .object(["city": .string("seattle")])
        let definition = try definition(
            #"{"from": "a", "batch": 64, "limits": {"memory": 65536000}}"#, overrides)
        #expect(definition.from.map(\.text) == ["other"])
        #expect(definition.to.map(\.text) == ["output"])
        #expect(definition.start == .latest)
        #expect(definition.batchEvents == 8)
        #expect(definition.description == "theirs")
        #expect(definition.limits.memoryBytes == 1 << 20)
        #expect(definition.limits.eventTime == .seconds(1))
        #expect(definition.inputs == .object(["city": .string("seattle")]))
    }

    @Test func `what is to be done about failures is read, and an override replaces it`() throws {
        let table = #"""
            {"from": "a", "on_failure": "park-key", "breaker": false,
             "retry": {"attempts": 5, "first_delay": "10s"}}
            """#
        let script = try definition(table).failure
        #expect(script.onFailure == .parkKey && script.breaker == nil)
        #expect(script.retry.attempts == 5)
        #expect(
            script.retry.firstDelay == .seconds(10) && script.retry.maximumDelay == .seconds(10))
        var overrides = FunctionOverrides()
        overrides.onFailure = .stop
        overrides.retryAttempts = 1
        overrides.breaker = .some(BreakerPolicy(failures: 1, events: 2))
        let operators = try definition(table, overrides).failure
        #expect(operators.onFailure == .stop && operators.retry.attempts == 1)
        #expect(operators.breaker == BreakerPolicy(failures: 1, events: 2))
        let half = try definition(#"{"from": "a", "breaker": {"events": 50}}"#).failure
        #expect(half.breaker == BreakerPolicy(failures: 25, events: 50))
    }

    @Test(arguments: [
        ("3", "it returned a number, not a table"),
        ("[]", "it returned a list, not a table"),
        ("{}", "'from' is missing; name the station it reads, such as from = \"readings\""),
        (
            #"{"from": []}"#,
            "'from' is missing; name the station it reads, such as from = \"readings\""
        ),
        (#"{"from": 1}"#, "'from' is a number; it must be a station name or a list of them"),
        (
            #"{"from": "a", "to": {"x": 1}}"#,
            "'to' is a table; it must be a station name or a list of them"
        ),
        (#"{"from": ["a", true]}"#, "'from' holds a boolean; it must hold station names"),
        (
            #"{"from": "Readings"}"#,
            "'from': 'Readings' is not a station name: it holds a character that is not allowed; "
                + "use tokens of a-z, 0-9, '_' and '-', each starting with a letter or digit, "
                + "joined by dots"
        ),
        (#"{"from": ["a", "b", "a"]}"#, "'from' names 'a' twice; name each station once"),
        (#"{"from": "a", "to": ["b", "b"]}"#, "'to' names 'b' twice; name each station once"),
        (
            #"{"from": ["a", "b"], "to": "b"}"#,
            "it reads and writes 'b', which would never end; say loop = true if it is meant"
        ),
        (
            #"{"from": "a", "on_failure": "ignore"}"#,
            "'on_failure' is 'ignore'; it must be 'dead-letter' or 'park-key' or 'stop'"
        ),
        (
            #"{"from": "a", "retry": {"attempts": 0}}"#,
            "'retry.attempts' must be a whole number from 1 to 20"
        ),
        (
            #"{"from": "a", "retry": {"first_delay": "10s", "max_delay": "1s"}}"#,
            "'retry.first_delay' is longer than 'retry.max_delay'"
        ),
        (
            #"{"from": "a", "retry": {"delay": "10s"}}"#,
            "field 'retry.delay' is not known; known: attempts, first_delay, max_delay"
        ),
        (
            #"{"from": "a", "breaker": {"failures": 30, "events": 20}}"#,
            "'breaker.failures' is 30, more than its 'events', 20"
        ),
        (
            #"{"from": "a", "breaker": 5}"#,
            "'breaker' is a number; it must be a table such as { failures = 100, events = 200 }, "
                + "or false"
        ),
        (#"{"from": "a", "loop": "yes"}"#, "'loop' is a string; it must be true or false"),
        (
            #"{"from": "a", "to": "moonrail.logs"}"#,
            "'to' names 'moonrail.logs'; names under moonrail. are reserved"
        ),
        (
            #"{"from": "a", "start": "newest"}"#,
            "'start' is 'newest'; it must be 'earliest' or 'latest'"
        ),
        (#"{"from": "a", "start": 5}"#, "'start' is a number; it must be a string"),
        (#"{"from": "a", "description": []}"#, "'description' is a list; it must be a string"),
        (#"{"from": "a", "batch": 0}"#, "'batch' must be a whole number from 1 to 512"),
        (#"{"from": "a", "batch": 513}"#, "'batch' must be a whole number from 1 to 512"),
        (#"{"from": "a", "batch": 1.5}"#, "'batch' must be a whole number from 1 to 512"),
        (#"{"from": "a", "batch": "64"}"#, "'batch' must be a whole number from 1 to 512"),
        (#"{"from": "a", "handle": 1}"#, "field 'handle' is not known; did you mean 'handler'?"),
        (
            #"{"from": "a", "xyzzy": 1}"#,
            "field 'xyzzy' is not known; known: batch, breaker, description, from, handler, "
                + "limits, loop, numbers, on_breaker, on_failure, on_timer, retry, start, state, "
                + "timers, to"
        ),
        (#"{"from": "a", "limits": 5}"#, "'limits' is a number; it must be a table"),
        (
            #"{"from": "a", "limits": {"memori": 5}}"#,
            "field 'limits.memori' is not known; did you mean 'memory'?"
        ),
        (
            #"{"from": "a", "limits": {"memory": "255KiB"}}"#,
            "'limits.memory' must be a size from 256KiB to 1GiB, such as \"32MiB\""
        ),
        (
            #"{"from": "a", "limits": {"memory": "2GiB"}}"#,
            "'limits.memory' must be a size from 256KiB to 1GiB, such as \"32MiB\""
        ),
        (
            #"{"from": "a", "limits": {"memory": -1}}"#,
            "'limits.memory' must be a size from 256KiB to 1GiB, such as \"32MiB\""
        ),
        (
            #"{"from": "a", "limits": {"time": 100}}"#,
            "'limits.time' must be a CPU time from 1ms to 10s, such as \"100ms\""
        ),
        (
            #"{"from": "a", "limits": {"time": "11s"}}"#,
            "'limits.time' must be a CPU time from 1ms to 10s, such as \"100ms\""
        ),
        (
            #"{"from": "a", "limits": {"time": "0ms"}}"#,
            "'limits.time' must be a CPU time from 1ms to 10s, such as \"100ms\""
        ),
    ])
    func `a table that is wrong is refused with what to mend`(table: String, message: String) {
        let error = #expect(throws: InvalidDefinition.self) { try definition(table) }
        #expect(error?.description == "functions/celsius.lua: " + message)
    }

    @Test func `more stations than the bound are refused`() {
        let names = (0...64).map { "\"s\($0)\"" }.joined(separator: ",")
        for field in ["from", "to"] {
            let other = field == "from" ? "to" : "from"
            let table = #"{"\#(other)": "a", "\#(field)": [\#(names)]}"#
            let error = #expect(throws: InvalidDefinition.self) { try definition(table) }
            #expect(
                error?.description
                    == "functions/celsius.lua: '\(field)' names 65 stations; 64 at most")
        }
    }

    @Test func `a field of the script is checked also where the configuration replaces it`() {
        var overrides = FunctionOverrides()
        overrides.batchEvents = 8
        #expect(throws: InvalidDefinition.self) {
            try definition(#"{"from": "a", "batch": 0}"#, overrides)
        }
    }
}
