import ArgumentParser

/// The command line tool.
struct Moonrail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "moonrail",
        abstract: "Runs functions over stations: durable, ordered logs of events.",
        discussion: """
            A command talks to the worker that runs on the data directory; when none runs, it \
            opens the directory itself for a moment. Facts go to standard output, everything else \
            to standard error.

              moonrail produce readings.fahrenheit readings.jsonl --key sensor
              moonrail read readings.celsius --limit 10

            EXIT STATUS:
            \(ExitStatus.table)
            """,
        version: Version.text,
        subcommands: [
            DevCommand.self, RunCommand.self, ProduceCommand.self, ReadCommand.self,
            TailCommand.self, StationCommand.self, FunctionCommand.self, DeadCommand.self,
            StateCommand.self, TraceCommand.self, OffsetCommand.self, ReplayCommand.self,
            ConsumerCommand.self, BackupCommand.self, TokenCommand.self, ExportCommand.self,
            DoctorCommand.self,
        ])
}
