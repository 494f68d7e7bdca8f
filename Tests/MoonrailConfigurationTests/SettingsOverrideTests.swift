import MoonrailConfiguration
import MoonrailCore
import Testing

struct SettingsOverrideTests {
    private let environment = [
        "MOONRAIL_DATA": "/env/data", "MOONRAIL_FUNCTIONS": "/env/functions",
        "MOONRAIL_LOG_LEVEL": "error", "MOONRAIL_EVENT_BYTES": "4096",
        "MOONRAIL_CREATE_STATIONS": "false", "MOONRAIL_SHUTDOWN_TIMEOUT": "1m",
        "MOONRAIL_HOST_IDLE": "5m", "MOONRAIL_LISTEN": "[::1]:80",
        "MOONRAIL_SERVER": "https://a.example", "MOONRAIL_TOKEN_FILE": "t",
        "MOONRAIL_FUNCTION_HOST": "/opt/function-host", "HOME": "/root", "moonrail_x": "y",
    ]

    private func load(
        _ yaml: String = "", _ environment: [String: String] = [:],
        _ flags: SettingsFlags = SettingsFlags()
    ) throws -> Settings {
        try withFile(yaml.utf8) {
            try Settings.load(file: $0, environment: environment, flags: flags)
        }
    }

    @Test func `variables override the file`() throws {
        let settings = try load("data_directory: /file\nlog_level: trace\n", environment)
        var expected = Settings()
        expected.dataDirectory = "/env/data"
        expected.functionsDirectory = "/env/functions"
        expected.logLevel = .error
        expected.eventBytes = 4_096
        expected.createStations = false
        expected.shutdownTimeout = .seconds(60)
        expected.hostIdle = .seconds(300)
        expected.limits.emissionBytes = 4_096
        expected.http.listen = try ListenAddress("[::1]:80")
        expected.client.server = "https://a.example"
        expected.client.tokenFile = "t"
        #expect(settings == expected)
    }

    @Test func `flags override variables and the file`() throws {
        var flags = SettingsFlags()
        flags.data = "/flag/data"
        flags.functions = "/flag/functions"
        flags.logLevel = "notice"
        flags.eventBytes = "1KiB"
        flags.createStations = "true"
        flags.shutdownTimeout = "2s"
        flags.hostIdle = "90s"
        flags.listen = "localhost:0"
        flags.server = "http://[::1]:7667"
        let settings = try load("data_directory: /file", environment, flags)
        #expect(settings.dataDirectory == "/flag/data")
        #expect(settings.functionsDirectory == "/flag/functions")
        #expect(settings.logLevel == .notice)
        #expect(settings.eventBytes == 1_024)
        #expect(settings.createStations)
        #expect(settings.shutdownTimeout == .seconds(2))
        #expect(settings.hostIdle == .seconds(90))
        #expect(settings.http.listen == (try ListenAddress("localhost:0")))
        #expect(settings.client.server == "http://[::1]:7667")
    }

    @Test func `a variable that looks like a number is text where text is wanted`() throws {
        #expect(try load("", ["MOONRAIL_DATA": "2024"]).dataDirectory == "2024")
        #expect(try load("", ["MOONRAIL_DATA": "true"]).dataDirectory == "true")
    }

    @Test(arguments: [
        ("MOONRAIL_DATA", "", "MOONRAIL_DATA is empty; it must be a path"),
        (
            "MOONRAIL_LOG_LEVEL", "INFO",
            "MOONRAIL_LOG_LEVEL is 'INFO'; it must be trace, debug, info, notice, warning or error"
        ),
        (
            "MOONRAIL_EVENT_BYTES", "-1",
            "MOONRAIL_EVENT_BYTES is '-1'; it must be a size from 1B to 16MiB, such as 1MiB"
        ),
        (
            "MOONRAIL_CREATE_STATIONS", "no",
            "MOONRAIL_CREATE_STATIONS is 'no'; it must be true or false"
        ),
        (
            "MOONRAIL_SHUTDOWN_TIMEOUT", "1h",
            "MOONRAIL_SHUTDOWN_TIMEOUT is '1h'; it must be a duration from 1ms to 10m, such as 10s"
        ),
        (
            "MOONRAIL_DTA", "x",
            "unknown environment variable 'MOONRAIL_DTA'; did you mean 'MOONRAIL_DATA'?"
        ),
        (
            "MOONRAIL_STATIONS", "x",
            "unknown environment variable 'MOONRAIL_STATIONS'; known: "
                + "MOONRAIL_ALLOW_MISSING_SECCOMP, MOONRAIL_AUTHORITIES, MOONRAIL_CERTIFICATE, "
                + "MOONRAIL_CONFIG, MOONRAIL_CRASH_POINT, MOONRAIL_CREATE_STATIONS, "
                + "MOONRAIL_DATA, MOONRAIL_ENGINE, MOONRAIL_EVENT_BYTES, MOONRAIL_FUNCTIONS, "
                + "MOONRAIL_FUNCTION_HOST, MOONRAIL_HOST_IDLE, MOONRAIL_KEY, MOONRAIL_LISTEN, "
                + "MOONRAIL_LOG_FORMAT, MOONRAIL_LOG_LEVEL, MOONRAIL_NATS_CREDENTIALS, "
                + "MOONRAIL_NATS_PASSWORD, MOONRAIL_NATS_PREFIX, MOONRAIL_NATS_SERVERS, "
                + "MOONRAIL_NATS_TOKEN, MOONRAIL_SERVER, MOONRAIL_SHUTDOWN_TIMEOUT, "
                + "MOONRAIL_TOKEN, MOONRAIL_TOKEN_FILE, MOONRAIL_WORKER"
        ),
    ])
    func `an error of a variable names it`(name: String, text: String, message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try load("", [name: text]) }
        #expect(error?.messages == [message])
    }

    @Test func `an error of a flag names it`() {
        var flags = SettingsFlags()
        flags.eventBytes = "many"
        let error = #expect(throws: ConfigurationError.self) { try load("", [:], flags) }
        #expect(
            error?.messages
                == ["--event-bytes is 'many'; it must be a size from 1B to 16MiB, such as 1MiB"])
    }

    @Test func `the mistakes of file, variables and flags are told together`() throws {
        var flags = SettingsFlags()
        flags.createStations = "maybe"
        let error = #expect(throws: ConfigurationError.self) {
            // The file's mistake counts although the variable overrides it.
            try load("log_level: 1", ["MOONRAIL_LOG_LEVEL": "info", "MOONRAIL_A": ""], flags)
        }
        let messages = try #require(error?.messages)
        #expect(messages.count == 3)
        #expect(messages[0].contains(":1: 'log_level' is '1'"))
        #expect(messages[1].hasPrefix("unknown environment variable 'MOONRAIL_A'"))
        #expect(messages[2] == "--create-stations is 'maybe'; it must be true or false")
    }

    @Test func `without a file the defaults stand, or the working directory's file`() throws {
        // The tests' working directory has the shipped file or none, which comes to the same.
        #expect(try Settings.load(file: nil, environment: [:]) == Settings())
    }

    @Test func `MOONRAIL_CONFIG names the file, and the caller's file wins over it`() throws {
        try withFile("log_level: trace".utf8) { path in
            let environment = ["MOONRAIL_CONFIG": path]
            #expect(try Settings.load(file: nil, environment: environment).logLevel == .trace)
            let other = try withFile("log_level: error".utf8) {
                try Settings.load(file: $0, environment: environment)
            }
            #expect(other.logLevel == .error)
        }
    }
}
