import ArgumentParser
import MoonrailHTTP

/// `moonrail backup restore`
struct BackupRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a data directory of a backup.",
        discussion: """
            The backup is verified first. A data directory that holds a store already is refused: \
            name another, or move it away.

              moonrail backup restore /backup/monday.sqlite --data restored
            """)

    @Argument(help: "The backup.")
    var file: String

    @OptionGroup var data: DataOptions

    func run() async throws {
        try data.mustBeLocal()
        let settings = try data.settings()
        guard settings.engine == .embedded else {
            throw CommandFailure(
                .usage,
                "the configuration chooses the engine nats, which keeps nothing in a data "
                    + "directory; restore its streams with: nats account restore DIRECTORY")
        }
        let directory = settings.dataDirectory
        guard FileCheck.exists(file) else {
            throw CommandFailure(.notFound, "there is no file \(file)")
        }
        try await Composition.restore(backup: file, into: directory)
        StandardError.write(message: "'\(directory)' holds what \(file) held")
    }
}
