import ArgumentParser
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime
import NIOCore

/// `moonrail function deploy`
struct FunctionDeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Puts a script into the functions directory of whoever runs it.",
        discussion: """
            It is compiled first, and the tests beside it there are run; a script that does not \
            pass changes nothing. A worker runs it within a second, as it does whatever is put \
            into its directory.

              moonrail function deploy celsius.lua
              moonrail function deploy drafts/new.lua --name celsius
            """)

    @Argument(
        help: ArgumentHelp("The script.", valueName: "file"), completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("The function; without it the file's name.", valueName: "function"),
        transform: Names.function)
    var name: FunctionName?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let source: [UInt8]
        do {
            source = try FunctionDirectory.source(file)
        } catch {
            throw CommandFailure(.failed, "\(error)")
        }
        let function = try name ?? Names.name(ofScript: file)
        try await Facts(data, output).show(
            .upload(function, source: source), as: DeploymentMessage.self, access: .creating
        ) { answer in
            "'\(function)' is in its place as \(function)@\(answer.version?.prefix(7) ?? "-")\n"
        }
    }
}
