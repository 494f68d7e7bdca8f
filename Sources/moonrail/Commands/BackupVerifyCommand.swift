import ArgumentParser
import MoonrailHTTP

/// `moonrail backup verify`
struct BackupVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads a whole backup and says what is wrong with it, if anything.",
        discussion: """
            It changes nothing and needs no worker. The status is 1 when something is wrong.

              moonrail backup verify /backup/monday.sqlite
            """)

    @Argument(help: "The backup.")
    var file: String

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try data.mustBeLocal()
        _ = try data.settings()
        guard FileCheck.exists(file) else {
            throw CommandFailure(.notFound, "there is no file \(file)")
        }
        let report = StoreReportMessage(try await Composition.verifyBackup(file))
        if output.isJSON {
            try await StandardOutput().write(line: try JSONText.text(report))
        } else {
            try await StandardOutput().write(StoreReportText.text(report))
        }
        guard report.findings.isEmpty else { throw CommandFailure(.failed, nil) }
    }
}
