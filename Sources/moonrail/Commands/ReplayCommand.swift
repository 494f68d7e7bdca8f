import ArgumentParser

/// `moonrail replay`
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Runs history again: to compare it, or after a reset.",
        discussion: """
            diff and verify append nothing. A replay that does begins with `moonrail offset \
            reset`; it is paused and resumed with `moonrail function pause` and `resume`. One \
            with --outputs shadow is compared, and then swapped with what is there, or dropped.

              moonrail replay diff celsius --file celsius-new.lua
              moonrail replay verify celsius
              moonrail replay show celsius
              moonrail replay compare celsius
              moonrail replay swap celsius
            """,
        subcommands: [
            ReplayDiffCommand.self, ReplayVerifyCommand.self, ReplayShowCommand.self,
            ReplayCompareCommand.self, ReplaySwapCommand.self, ReplayDropCommand.self,
        ])
}
