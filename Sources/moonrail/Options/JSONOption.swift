import ArgumentParser

/// Whether facts are printed for people or for programs.
struct JSONOption: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON instead of text.")
    var isJSON = false
}
