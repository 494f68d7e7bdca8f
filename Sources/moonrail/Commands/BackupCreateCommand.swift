import ArgumentParser
import FoundationEssentials
import MoonrailHTTP

/// `moonrail backup create`
struct BackupCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Writes a copy of all stations and positions as they are at one moment.",
        discussion: """
            A worker that runs goes on meanwhile. The file is on disk and complete when the \
            command ends; one that exists is not replaced.

              moonrail backup create /backup/monday.sqlite
            """)

    @Argument(help: "The file to write.")
    var file: String

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        // Of a worker elsewhere, only a whole path says where.
        let settings = try data.settings()
        let isRemote = settings.client.server != nil
        guard isRemote || settings.engine == .embedded else {
            throw CommandFailure(
                .usage,
                "what the engine nats keeps is backed up by the broker's own tools: nats account "
                    + "backup DIRECTORY")
        }
        let path = isRemote ? file : URL(fileURLWithPath: file).path
        try await Facts(data, output).show(
            try .createBackup(file: path), as: BackupMessage.self
        ) { backup in
            FactList([
                ("file", backup.file), ("bytes", "\(backup.bytes ?? 0)"),
                ("stations", "\(backup.stations ?? 0)"), ("events", "\(backup.events ?? 0)"),
            ]).text
        }
    }
}
