import MoonrailCore

/// Why an event became a dead letter, in one word.
package enum LetterReason {
    /// All that there are.
    package static let names =
        FunctionFault.Kind.allCases.map(\.name) + [DeadLetterHeaders.parkedBehind]

    /// - Throws: `Problem` for a word that no letter has.
    static func check(_ reason: String) throws(Problem) {
        guard !names.contains(reason) else { return }
        throw .badRequest(
            "no dead letter has the reason '\(reason)'\(suggestion(for: reason, among: names))")
    }
}
