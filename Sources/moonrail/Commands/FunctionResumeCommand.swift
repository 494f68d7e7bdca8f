import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail function resume`
struct FunctionResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets a function go on that paused.",
        discussion: """
            A function pauses when too many of its events fail, with on_failure = "stop" in front \
            of the first that fails, and by function pause. function show says why. Another \
            version of the script goes on by itself, except after function pause.

              moonrail function resume celsius
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(.resume(function), as: DeploymentMessage.self) {
            answer in
            if answer.resumed == 0 { return "'\(function)' was not paused\n" }
            return "\(answer.resumed) lane\(answer.resumed == 1 ? "" : "s") of '\(function)' "
                + "\(answer.resumed == 1 ? "goes" : "go") on\n"
        }
    }
}
