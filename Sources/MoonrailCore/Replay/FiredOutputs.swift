/// What a lane's outputs hold of what timers emitted, found by the ids that are derived for it: the
/// event after which a timer fired has emissions of the same numbers.
package struct FiredOutputs: Sendable {
    private let partition: UInt32
    /// All that the function was ever called: ids tell the name of their time.
    private let names: [FunctionName]
    private let generations: Generations
    private var entries: [DerivedID: RecordedOutputs.Entry] = [:]

    package init(
        partition: UInt32 = 0, names: [FunctionName] = [], generations: Generations = Generations()
    ) {
        self.partition = partition
        self.names = names
        self.generations = generations
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// Takes in an output that a timer emitted; of several with one id the first counts.
    package mutating func insert(_ entry: RecordedOutputs.Entry, id: DerivedID) {
        if entries[id] == nil { entries[id] = entry }
    }

    /// What is there of emission number `emission` of a timer that fired after the event at
    /// `place`.
    package func entry(
        of timer: KeyedTimer, emission: UInt16, after place: InputPlace
    ) -> RecordedOutputs.Entry? {
        id(of: timer, emission, place).flatMap { entries[$0] }
    }

    /// The same, which is then no longer there.
    package mutating func take(
        of timer: KeyedTimer, emission: UInt16, after place: InputPlace
    ) -> RecordedOutputs.Entry? {
        id(of: timer, emission, place).flatMap { entries.removeValue(forKey: $0) }
    }

    /// The one of the timer's possible ids under which something is there.
    private func id(
        of timer: KeyedTimer, _ emission: UInt16, _ place: InputPlace
    ) -> DerivedID? {
        if entries.isEmpty { return nil }
        let generation = generations.generation(of: place.station, at: place.offset)
        for name in names {
            var ids = EmissionIDSource(
                function: name, generation: generation, station: place.station,
                partition: partition)
            let id = ids.derivedID(
                offset: place.offset, timer: timer, index: UInt32(emission))
            if entries[id] != nil { return id }
        }
        return nil
    }

    /// All that is there, in the order of the events and of where it is.
    package var all: [RecordedOutputs.Entry] {
        entries.values.sorted {
            ($0.input.station, $0.input.offset, $0.output, $0.partition, $0.offset)
                < ($1.input.station, $1.input.offset, $1.output, $1.partition, $1.offset)
        }
    }
}

/// Tells emissions of timers from those of the events after which they fired.
package struct EmitterSearch {
    private struct Key: Hashable {
        var function: FunctionName
        var generation: UInt32
        var station: StationName
    }

    private let partition: UInt32
    private var sources: [Key: EmissionIDSource] = [:]

    package init(partition: UInt32) {
        self.partition = partition
    }

    /// The id of an output that a timer emitted; nil when the event itself did.
    package mutating func firedID(of record: EventRecord, _ origin: Origin) -> DerivedID? {
        guard let cause = record.origin, case .derived(let high, let low) = record.id else {
            return nil
        }
        let key = Key(
            function: origin.function, generation: origin.generation, station: origin.station)
        var source =
            sources[key]
            ?? EmissionIDSource(
                function: origin.function, generation: origin.generation, station: origin.station,
                partition: partition)
        let own = source.derivedID(offset: cause.offset, index: UInt32(cause.emission))
        sources[key] = source
        let id = DerivedID(high: high, low: low)
        return own == id ? nil : id
    }
}
