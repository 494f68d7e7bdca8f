/// What became of the lines of one produce request.
package struct ProduceAnswer: Codable, Hashable, Sendable {
    /// Events on disk now.
    package var accepted = 0
    /// Events that the station knew already, by id and payload; not stored again.
    package var duplicates = 0
    /// Lines that were not taken, listed or not.
    package var rejected = 0
    /// Why, for the first `IntakeBounds.refusals` of them, in the order of their lines.
    package var refusals: [Refusal] = []

    package struct Refusal: Codable, Hashable, Sendable {
        /// Number of the line in the request's body, from 1, blank lines counted.
        package var line: Int
        package var reason: String

        package init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }
    }

    package init() {}

    package mutating func refuse(line: Int, reason: String) {
        rejected += 1
        guard refusals.count < IntakeBounds.refusals else { return }
        refusals.append(Refusal(line: line, reason: reason))
    }
}
