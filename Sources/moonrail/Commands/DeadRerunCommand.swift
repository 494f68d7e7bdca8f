import ArgumentParser
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime

/// `moonrail dead rerun`
struct DeadRerunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerun",
        abstract: "Tries a dead letter's event with the script as it is now; appends nothing.",
        discussion: """
            It runs in a process of its own, and shows what the script saw, logged and emitted, \
            or where it failed. The status is 1 when it failed. The letter stays as it is; \
            dead retry resends it.

              moonrail dead rerun 7c5ab7e1f0b64b3c1d2e3f405162738a
              moonrail dead rerun 7c5ab7e1f0b64b3c1d2e3f405162738a --script fixed.lua
            """)

    @OptionGroup var letter: LetterName

    @Option(
        help: ArgumentHelp(
            "A script to try instead of the one in the functions directory.", valueName: "file"))
    var script: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let source = try script.map { file in
            guard FileCheck.exists(file) else {
                throw CommandFailure(.notFound, "there is no file \(file)")
            }
            return try FunctionDirectory.source(file)
        }
        let connection = try APIConnection(try data.settings(), access: .reading)
        let rehearsal = try await connection.withClient { client in
            try await client.send(
                .rehearse(
                    letter: letter.id, of: try await letter.function(client), file: script,
                    source: source ?? []),
                as: LetterRehearsalMessage.self)
        }
        if output.isJSON {
            try await StandardOutput().write(line: try JSONText.text(rehearsal))
        } else {
            try await StandardOutput().write(LetterText.text(rehearsal))
        }
        guard rehearsal.fault == nil else { throw CommandFailure(.failed, nil) }
    }
}
