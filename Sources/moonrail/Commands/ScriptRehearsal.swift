import MoonrailConfiguration
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime

/// Runs scripts twice over stored events and reports where the runs differ.
struct ScriptRehearsal {
    let settings: Settings
    let sample: StationName
    let last: UInt64

    /// - Throws: `CommandFailure` when a script's runs differ.
    func run(_ files: [String]) async throws {
        let connection = try APIConnection(settings, access: .reading)
        var differs = false
        for file in files {
            let source = try FunctionDirectory.source(file)
            let base = file.split(separator: "/").last.map(String.init) ?? file
            let name = try FunctionName(String(base.dropLast(4)))
            let report = try await connection.withClient { client in
                try await client.send(
                    .rehearse(name, file: file, source: source, sample: sample, last: last),
                    as: RehearsalMessage.self)
            }
            for difference in report.differences {
                StandardError.write(
                    line: "\(file): \(sample)/\(difference.partition)/\(difference.offset): "
                        + "first run \(difference.first); second run \(difference.second)")
            }
            differs = differs || !report.differences.isEmpty
            try await StandardOutput().write(
                line: "\(file): \(report.events) events run twice, "
                    + (report.differences.isEmpty ? "all equal" : "with differences"))
        }
        if differs { throw CommandFailure(.failed, nil) }
    }
}
