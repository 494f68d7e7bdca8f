import MoonrailCore

/// What runs of a lane made of its keys' state, until their settlements are on disk.
///
/// Hosts keep what they use, and are seldom in want of a value that a run has just changed: a run's
/// changes are kept as they are, and put in order only when somebody asks.
struct UnsettledState {
    private struct Run {
        let number: UInt64
        let values: LaneValueRecords
        /// Where each key's last change stands; empty as long as nobody has asked.
        private var places: [[UInt8]: Int] = [:]

        init(number: UInt64, values: LaneValueRecords) {
            self.number = number
            self.values = values
        }

        /// Calls `body` with what the run made of a key, if it changed it.
        mutating func find(_ key: [UInt8], _ body: (LaneValueRecord) -> Void) -> Bool {
            if places.isEmpty {
                var at = 0
                values.forEach { record in
                    places[[UInt8](record.key)] = at
                    at += record.bytes.count
                }
            }
            guard let place = places[key] else { return false }
            values.bytes.withUnsafeBytes { body(LaneValueRecord(trusted: $0, at: place)) }
            return true
        }
    }

    /// Oldest first.
    private var runs: [Run] = []

    /// What a run under way made of a key.
    enum Change {
        case none
        /// As it is stored.
        case value([UInt8])
        case removed
    }

    /// What a key has from now on.
    mutating func change(of key: [UInt8]) -> Change {
        var change = Change.none
        for number in runs.indices.reversed() {
            let isFound = runs[number].find(key) { record in
                change = .removed
                if let value = record.value { change = .value([UInt8](value)) }
            }
            if isFound { break }
        }
        return change
    }

    /// Takes note of what a run has made of keys, later than all runs before.
    mutating func change(_ values: LaneValueRecords, run: UInt64) {
        if !values.isEmpty { runs.append(Run(number: run, values: values)) }
    }

    /// Forgets what runs up to this one have made: the engine has it.
    mutating func settled(through run: UInt64) {
        runs.removeAll { $0.number <= run }
    }
}
