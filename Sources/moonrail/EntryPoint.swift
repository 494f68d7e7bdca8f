import ArgumentParser
import Glibc

/// Where the process begins: parses the command line, runs the command, and ends with its status.
@main
enum EntryPoint {
    static func main() async {
        // A reader that left shows as an error of `write`, which ends the command quietly.
        signal(SIGPIPE, SIG_IGN)
        exit(await status(of: Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static func status(of arguments: [String]) async -> ExitStatus {
        do {
            var command = try Moonrail.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            return await report(error)
        }
    }

    private static func report(_ error: any Error) async -> ExitStatus {
        if let failure = CommandFailure(error) {
            failure.message.map(StandardError.write(message:))
            return failure.status
        }
        // What is left comes from the parser: a request for help, or a usage error.
        let text = Moonrail.fullMessage(for: error)
        guard Moonrail.exitCode(for: error) == .success else {
            StandardError.write(line: text)
            return .usage
        }
        try? await StandardOutput().write(line: text)
        return .done
    }
}
