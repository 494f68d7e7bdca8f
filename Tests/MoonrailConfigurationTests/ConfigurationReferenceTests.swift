import Foundation
import MoonrailConfiguration
import MoonrailCore
import Testing

struct ConfigurationReferenceTests {
    private static let page = repository.appendingPathComponent("docs/configuration.md")
    private let shipped = repository.appendingPathComponent("config/moonrail.yaml")

    @Test(.enabled(if: FileManager.default.fileExists(atPath: page.path)))
    func `the reference in docs is the one that the declarations give`() throws {
        let reference = ConfigurationReference.markdown
        let page = try String(contentsOf: Self.page, encoding: .utf8)
        if !page.contains(reference) {
            let current = FileManager.default.temporaryDirectory
                .appendingPathComponent("moonrail-configuration.md")
            try reference.write(to: current, atomically: true, encoding: .utf8)
            Issue.record("docs/configuration.md is out of date; put in what \(current.path) holds")
        }
    }

    @Test(arguments: [
        "| `data_directory` | `MOONRAIL_DATA` | `--data` | a path | `./moonrail-data` | Where",
        "| `event_bytes` | `MOONRAIL_EVENT_BYTES` | `--event-bytes` | a size from 1B to 16MiB, "
            + "such as 1MiB | `1MiB` | ",
        "| `shutdown_timeout` | `MOONRAIL_SHUTDOWN_TIMEOUT` | `--shutdown-timeout` | a duration "
            + "from 1ms to 10m, such as 10s | `10s` | ",
        "| `stations` | a table of station names | none | ",
        "| `partitions` | a whole number from 1 to 1024 | `1` | ",
        "| `age` | a duration from 1s to 36500d, such as 7d, or none | `none` | Time since",
        "| `ids` | a whole number from 1 to 100000000 | `1000000` | ",
        "| `replicas` | a whole number from 1 to 5 | as `nats` says | ",
        "| `script` | the name of a file in the functions directory, ending in .lua | "
            + "`<name>.lua` | ",
        "| `start` | earliest or latest | as the script says | ",
        "| `memory` | a size from 256KiB to 1GiB, such as 32MiB | `32MiB` | ",
        "| `log_lines` | a whole number from 0 to 1000 | `20` | ",
        "| `http.listen` | `MOONRAIL_LISTEN` | `--listen` | an address such as 127.0.0.1:7667 or "
            + "[::1]:7667 | nowhere | ",
        "| `engine` | `MOONRAIL_ENGINE` | `--engine` | embedded or nats | `embedded` | ",
        "| `nats.servers` | `MOONRAIL_NATS_SERVERS` | `--nats-servers` | a list of URLs such as ",
        "| `lease` | a duration from 1s to 5m, such as 5s | `5s` | ",
        "| `MOONRAIL_NATS_PASSWORD` | the password of `nats.user`",
        "| `connections` | a whole number from 1 to 100000 | `1000` | ",
        "| `MOONRAIL_FUNCTION_HOST` | path of",
    ])
    func `a row of the reference says what is declared`(row: String) {
        #expect(ConfigurationReference.markdown.contains("\n" + row))
    }

    @Test func `the shipped file changes nothing`() throws {
        #expect(try Settings.load(file: shipped.path, environment: [:]) == Settings())
    }

    @Test func `every setting that the shipped file shows is valid and has its default`() throws {
        var settings = try settings(Self.uncommented(shipped))
        #expect(settings.stations == [try StationName("readings.fahrenheit"): StationSettings()])
        let frost = settings.functions[try FunctionName("seattle-frost")]
        #expect(frost?.start == .earliest)
        #expect(frost?.batchEvents == Bounds.batchEvents)
        #expect(frost?.memoryBytes == FunctionLimits().memoryBytes)
        #expect(frost?.eventTime == FunctionLimits().eventTime)
        let failure = FailurePolicy()
        #expect(frost?.onFailure == failure.onFailure)
        #expect(frost?.retryAttempts == failure.retry.attempts)
        #expect(frost?.retryFirstDelay == failure.retry.firstDelay)
        #expect(frost?.retryMaximumDelay == failure.retry.maximumDelay)
        #expect(frost?.breaker == .some(failure.breaker))
        #expect(frost?.isLoop == false)
        var webhook = WebhookDefinition()
        webhook.from = [try StationName("orders")]
        webhook.url = "https://billing.example.org/events"
        #expect(settings.webhooks == [try FunctionName("orders-to-billing"): webhook])
        #expect(settings.http.listen == (try ListenAddress("127.0.0.1:7667")))
        #expect(settings.http.tls.clientAuthorities == "clients.pem")
        #expect(settings.client.server == "https://moonrail.example:7667")
        #expect(settings.nats.nkeySeed == "worker.nk")
        #expect(settings.nats.tls.authorities == "authority.pem")
        var nats = NATSSettings()
        (nats.credentials, nats.user) = (settings.nats.credentials, settings.nats.user)
        (nats.passwordFile, nats.tokenFile) = (settings.nats.passwordFile, settings.nats.tokenFile)
        (nats.nkey, nats.nkeySeed) = (settings.nats.nkey, settings.nats.nkeySeed)
        (nats.tls, nats.worker) = (settings.nats.tls, "a")
        #expect(settings.nats == nats)
        settings.nats = NATSSettings()
        var http = HTTPSettings()
        http.connections = settings.http.connections
        http.tls.clientCertificates = settings.http.tls.clientCertificates
        settings.http = http
        settings.client = ClientSettings()
        settings.declarations = [:]
        settings.functions = [:]
        settings.webhooks = [:]
        var expected = Settings()
        expected.eventBytes = Bounds.defaultEventBytes
        #expect(settings == expected)
    }

    @Test func `the shipped file shows every key`() throws {
        let shown = Set(
            try Self.uncommented(shipped).split(separator: "\n").compactMap { line in
                line.split(separator: ":").first.map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
            })
        let declared = ConfigurationReference.markdown.split(separator: "\n").compactMap {
            $0.firstMatch(of: /^\| `([a-z_]+)` \|/).map { String($0.output.1) }
        }
        #expect(declared.contains("partitions"))
        #expect(declared.filter { !shown.contains($0) } == [])
    }

    /// The file with its commented-out settings put in force; lines of prose start with `##`.
    private static func uncommented(_ file: URL) throws -> String {
        try String(contentsOf: file, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("# ") ? $0.dropFirst(2) : $0 }
            .joined(separator: "\n")
    }
}
