import ArgumentParser
import FoundationEssentials
import MoonrailCore
import MoonrailHTTP

extension ReplayOutputs: ExpressibleByArgument {}

/// `moonrail offset reset`
struct OffsetResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Has a function go on from elsewhere, and says what becomes of its outputs.",
        discussion: """
            Events between the new place and the old one run again. With --outputs append what \
            they emit is appended once more, under ids of a new generation; with --outputs fill \
            only what is missing is appended, under the ids that it would have had, and what \
            would be otherwise now is told in the station moonrail.replays. State becomes what \
            it was there. Nothing is deleted. With --outputs shadow the function goes on \
            untouched, and beside it a shadow runs over history into stations of its own, to be \
            compared and swapped (`moonrail replay`).

            --plan tells what would happen, downstream too, and does nothing. Without it the plan \
            is shown on a terminal and asked about; a script says --yes.

              moonrail offset reset celsius --to earliest --outputs fill --plan
              moonrail offset reset celsius --to 2026-01-31T08:00:00Z --rate 5000 --yes
              moonrail offset reset celsius --to earliest --outputs shadow --yes
              moonrail replay show celsius --follow
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "earliest, latest, an offset, a time, or -N for the last N events of each partition.",
            valueName: "place"))
    var to: String

    @Option(help: "What becomes of outputs of events that run again: append, fill or shadow.")
    var outputs = ReplayOutputs.append

    @Option(help: ArgumentHelp("Move the lane of this partition only.", valueName: "number"))
    var partition: UInt32?

    @Option(
        help: ArgumentHelp("Run at most so many events a second again.", valueName: "events"))
    var rate: UInt32?

    @Flag(help: "Tell what would happen, and do nothing.")
    var plan = false

    @Flag(help: "Don't ask.")
    var yes = false

    @Option(help: ArgumentHelp("Why, for whoever asks later.", valueName: "text"))
    var because: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        if plan, yes { throw ValidationError("--plan does nothing, so that --yes has no meaning") }
        if rate == 0 { throw ValidationError("--rate must be at least 1") }
    }

    func run() async throws {
        if plan { return try await show(isPlan: true) }
        if !yes {
            guard Question.canBeAsked else {
                throw CommandFailure(
                    .usage,
                    "offset reset changes what runs: look at --plan first, then say --yes (there "
                        + "is no terminal to ask on)")
            }
            try await show(isPlan: true)
            let question = outputs == .shadow ? "Begin it?" : "Move it?"
            guard try await Question.isAnsweredYes(question) else {
                throw CommandFailure(.failed, "nothing was done")
            }
        }
        try await show(isPlan: false)
    }

    private func show(isPlan: Bool) async throws {
        let wish = ResetWishMessage(
            to: to, outputs: outputs, partition: partition, eventsPerSecond: rate, plan: isPlan,
            because: because)
        try await Facts(data, output).show(
            try .reset(function, wish), as: ResetPlanMessage.self, text: ResetText.text)
    }
}
