/// What runs of a lane made of values by key, until their settlements are on disk.
struct UnsettledValues<Value> {
    private var values: [[UInt8]: (value: Value, run: UInt64)] = [:]
    /// The keys that each run under way changed, oldest run first.
    private var runs: [(number: UInt64, keys: [[UInt8]])] = []

    /// All that runs under way have changed.
    var all: [[UInt8]: Value] { values.mapValues(\.value) }

    /// Takes note of what a run has made of keys, later than all runs before.
    mutating func change(_ changes: [(key: [UInt8], value: Value)], run: UInt64) {
        if changes.isEmpty { return }
        for (key, value) in changes { values[key] = (value, run) }
        runs.append((run, changes.map(\.key)))
    }

    /// Forgets what runs up to this one have made: the engine has it.
    mutating func settled(through run: UInt64) {
        while let oldest = runs.first, oldest.number <= run {
            runs.removeFirst()
            for key in oldest.keys where values[key]?.run == oldest.number {
                values[key] = nil
            }
        }
    }
}
