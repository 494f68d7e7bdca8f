import MoonrailConfiguration
import Testing

struct ConfigurationErrorTests {
    @Test(arguments: [
        ("log_levl: info", "1: unknown key 'log_levl'; did you mean 'log_level'?"),
        (
            "stations:\n  readings:\n    partitons: 4",
            "3: unknown key 'partitons' in station 'readings'; did you mean 'partitions'?"
        ),
        (
            "functions: { a: { retries: 3 } }",
            "1: unknown key 'retries' in function 'a'; known: batch, breaker, description, from, "
                + "inputs, limits, loop, on_breaker, on_failure, retry, script, start, to"
        ),
        (
            "functions:\n  a:\n    limits:\n      memry: 1MiB",
            "4: unknown key 'memry' in 'limits' in function 'a'; did you mean 'memory'?"
        ),
        (
            "stations: { a: { retention: { ages: 7d } } }",
            "1: unknown key 'ages' in 'retention' in station 'a'; did you mean 'age'?"
        ),
        (
            "limits: { log_line: 5 }",
            "1: unknown key 'log_line' in 'limits'; did you mean 'log_lines'?"
        ),
    ])
    func `an unknown key names the nearest known one`(yaml: String, message: String) throws {
        #expect(try messages(yaml) == ["moonrail.yaml:" + message])
    }

    @Test(arguments: [
        (
            "log_level:",
            "'log_level' is empty; it must be trace, debug, info, notice, warning or error"
        ),
        (
            "log_level: loud",
            "'log_level' is 'loud'; it must be trace, debug, info, notice, warning or error"
        ),
        ("data_directory: 5", "'data_directory' is '5'; it must be a path"),
        ("data_directory: ''", "'data_directory' is empty; it must be a path"),
        ("data_directory: [a]", "'data_directory' is a list; it must be a path"),
        ("create_stations: yes", "'create_stations' is 'yes'; it must be true or false"),
        ("create_stations: 'true'", "'create_stations' is 'true'; it must be true or false"),
        (
            "event_bytes: 1MB",
            "'event_bytes' is '1MB'; it must be a size from 1B to 16MiB, such as 1MiB"
        ),
        (
            "event_bytes: 17MiB",
            "'event_bytes' is '17MiB'; it must be a size from 1B to 16MiB, such as 1MiB"
        ),
        (
            "shutdown_timeout: 10",
            "'shutdown_timeout' is '10'; it must be a duration from 1ms to 10m, such as 10s"
        ),
        ("stations: [a]", "'stations' is a list; it must be a table"),
        ("stations: { a: 4 }", "station 'a' is '4'; it must be a table"),
        (
            "stations: { a: { partitions: 0 } }",
            "'partitions' in station 'a' is '0'; it must be a whole number from 1 to 1024"
        ),
        (
            "stations: { a: { partitions: '4' } }",
            "'partitions' in station 'a' is '4'; it must be a whole number from 1 to 1024"
        ),
        (
            "stations: { a: { partitions: 1.5 } }",
            "'partitions' in station 'a' is '1.5'; it must be a whole number from 1 to 1024"
        ),
        (
            "stations: { a: { retention: { age: 7 } } }",
            "'age' in 'retention' in station 'a' is '7'; it must be a duration from 1s to 36500d, "
                + "such as 7d, or none"
        ),
        (
            "stations: { a: { retention: { bytes: 10GB } } }",
            "'bytes' in 'retention' in station 'a' is '10GB'; it must be a size from 1KiB to "
                + "1048576TiB, such as 10GiB, or none"
        ),
        (
            "stations: { a: { retention: { events: 0 } } }",
            "'events' in 'retention' in station 'a' is '0'; it must be a whole number from 1 to "
                + "1000000000000000, or none"
        ),
        (
            "stations: { a: { duplicates: { ids: 100000001 } } }",
            "'ids' in 'duplicates' in station 'a' is '100000001'; it must be a whole number from "
                + "1 to 100000000"
        ),
        (
            "stations: { a: { duplicates: { age: none } } }",
            "'age' in 'duplicates' in station 'a' is 'none'; it must be a duration from 1s to "
                + "365d, such as 24h"
        ),
        (
            "functions: { a: { batch: 513 } }",
            "'batch' in function 'a' is '513'; it must be a whole number from 1 to 512"
        ),
        (
            "functions: { a: { on_failure: ignore } }",
            "'on_failure' in function 'a' is 'ignore'; it must be dead-letter, park-key or stop"
        ),
        (
            "functions: { a: { retry: { attempts: 21 } } }",
            "'attempts' in 'retry' in function 'a' is '21'; it must be a whole number from 1 to 20"
        ),
        (
            "functions: { a: { retry: { max_delay: 6m } } }",
            "'max_delay' in 'retry' in function 'a' is '6m'; it must be a duration from 1ms to "
                + "5m, such as 50ms"
        ),
        (
            "functions: { a: { breaker: true } }",
            "'breaker' in function 'a' is 'true'; it must be a table such as { failures: 100, "
                + "events: 200 }, or false"
        ),
        (
            "functions: { a: { breaker: { failures: 11, events: 10 } } }",
            "'breaker' in function 'a' has more 'failures', 11, than 'events', 10"
        ),
        (
            "functions: { a: { start: now } }",
            "'start' in function 'a' is 'now'; it must be earliest or latest"
        ),
        (
            "functions: { a: { script: ../a.lua } }",
            "'script' in function 'a' is '../a.lua'; it must be the name of a file in the "
                + "functions directory, ending in .lua"
        ),
        (
            "functions: { a: { description: 5 } }",
            "'description' in function 'a' is '5'; it must be text of at most 1024 bytes; "
                + "numbers need quotes"
        ),
        (
            "functions: { a: { limits: { memory: 1KiB } } }",
            "'memory' in 'limits' in function 'a' is '1KiB'; it must be a size from 256KiB to "
                + "1GiB, such as 32MiB"
        ),
        (
            "limits: { time: 11s }",
            "'time' in 'limits' is '11s'; it must be a duration from 1ms to 10s, such as 100ms"
        ),
        (
            "limits: { nesting: 1000 }",
            "'nesting' in 'limits' is '1000'; it must be a whole number from 1 to 512"
        ),
        ("- a", "the file is a list; it must be a table"),
        (
            "data_directory: !!binary YQ==",
            "tag 'tag:yaml.org,2002:binary' is not supported; remove it"
        ),
        ("? [a]\n: 1", "a key must be text"),
        ("limits: { <<: { nesting: 5 } }", "merging with '<<' is not supported; repeat the keys"),
    ])
    func `a value that does not fit says what it is and what it must be`(
        yaml: String, message: String
    ) throws {
        #expect(try messages(yaml) == ["moonrail.yaml:1: " + message])
    }

    @Test(arguments: [
        (
            "stations: { Readings: {} }",
            "'Readings' is not a station name: it holds a character that is not allowed; use "
                + "tokens of a-z, 0-9, '_' and '-', each starting with a letter or digit, joined "
                + "by dots"
        ),
        (
            "functions: { -a: {} }",
            "'-a' is not a function name: a token starts with '_' or '-'; use tokens of a-z, 0-9, "
                + "'_' and '-', each starting with a letter or digit, joined by dots"
        ),
        (
            "stations: { moonrail.log: {} }",
            "station 'moonrail.log' can't be declared: names under moonrail. are reserved; "
                + "choose another"
        ),
        (
            "functions: { a: { from: a..b } }",
            "'from' in function 'a': 'a..b' is not a station name: it has an empty token; use "
                + "tokens of a-z, 0-9, '_' and '-', each starting with a letter or digit, joined "
                + "by dots"
        ),
        (
            "functions: { a: { from: 5 } }",
            "'from' in function 'a' names '5', which is not text; put names in quotes"
        ),
        (
            "functions: { a: { from: [] } }",
            "'from' in function 'a' names 0 stations; it must be a station name or a list of 1 "
                + "to 64"
        ),
        (
            "functions: { a: { from: } }",
            "'from' in function 'a' is empty; it must be a station name or a list of 1 to 64"
        ),
        (
            "functions: { a: { from: [b, b] } }",
            "'from' in function 'a' names 'b' twice; name each station once"
        ),
        (
            "functions: { a: { to: moonrail.log } }",
            "'to' in function 'a' names 'moonrail.log'; names under moonrail. are reserved"
        ),
    ])
    func `a name that is not allowed says which rule it breaks`(
        yaml: String, message: String
    ) throws {
        #expect(try messages(yaml) == ["moonrail.yaml:1: " + message])
    }

    @Test(arguments: [
        (
            "stations:\n  a:\n    partitions: 4\n  b:\n  a:\n    partitions: 2\n",
            "2: 'a' is declared here and again in line 5; keep one"
        ),
        (
            "log_level: info\r\n\r\nlog_level: debug\r\n",
            "1: 'log_level' is declared here and again in line 3; keep one"
        ),
        (
            "limits: { nesting: 5, nesting: 6 }",
            "1: 'nesting' is declared here, and again; keep one"
        ),
        (
            "functions:\n  f:\n    inputs:\n      1: a\n      '1': b\n",
            "4: '1' is declared here and again in line 5; keep one"
        ),
    ])
    func `a key that is declared twice is an error`(yaml: String, message: String) throws {
        #expect(try messages(yaml) == ["moonrail.yaml:" + message])
    }

    @Test func `all mistakes of a file are told at once, in the order of the file`() throws {
        let yaml = """
            log_level: loud
            stations:
              Readings:
                partitions: 0
            functions:
              a:
                from:
                  - readings
                  - A
                  - 5
                inputs: { country: no }
            colour: red
            """
        let names =
            "use tokens of a-z, 0-9, '_' and '-', each starting with a letter or digit, "
            + "joined by dots"
        #expect(
            try messages(yaml) == [
                "moonrail.yaml:1: 'log_level' is 'loud'; it must be trace, debug, info, notice, "
                    + "warning or error",
                "moonrail.yaml:3: 'Readings' is not a station name: it holds a character that is "
                    + "not allowed; \(names)",
                "moonrail.yaml:4: 'partitions' in station 'Readings' is '0'; it must be a whole "
                    + "number from 1 to 1024",
                "moonrail.yaml:9: 'from' in function 'a': 'A' is not a station name: it holds a "
                    + "character that is not allowed; \(names)",
                "moonrail.yaml:10: 'from' in function 'a' names '5', which is not text; put names "
                    + "in quotes",
                "moonrail.yaml:11: 'inputs' in function 'a': 'country' is 'no', which may mean "
                    + "false or text; write false or \"no\"",
                "moonrail.yaml:12: unknown key 'colour'; known: allow_missing_seccomp, "
                    + "client, create_stations, data_directory, engine, event_bytes, functions, "
                    + "functions_directory, host_idle, http, limits, log_format, log_level, nats, "
                    + "shutdown_timeout, stations, webhooks",
            ])
    }

    @Test func `the description of an error is its messages, one a line, whatever they quote`()
        throws
    {
        let error = #expect(throws: ConfigurationError.self) {
            try settings(
                #"""
                data_directory: "a\nb\0\e[31m"
                log_level: |
                  debug
                  info
                "a\nb": 1
                stations: { "a\nb": {} }
                """#)
        }
        #expect(error?.messages.count == 4)
        #expect(error?.description.split(whereSeparator: \.isNewline).count == 4)
        #expect(error?.messages.first?.hasSuffix(" is 'a b  [31m'; it must be a path") == true)
    }
}
