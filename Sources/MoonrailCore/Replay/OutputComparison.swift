/// Compares what an event comes to now with what is there of it.
package struct OutputComparison: Sendable {
    package enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
        /// It comes now, and is not there.
        case added
        /// It is there, and is otherwise now.
        case changed
        /// It is there, and does not come any more.
        case missing
    }

    /// One output that differs.
    package struct Difference: Hashable, Sendable {
        package var kind: Kind
        package var input: InputPlace
        package var emission: UInt16
        /// The station that it comes to, or is in.
        package var station: StationName
        /// Where it is; nil of an added one.
        package var partition: UInt32?
        package var offset: UInt64?
        /// What it is now; nil of a missing one. Of a dead letter the event that failed.
        package var event: Event?
        /// Why the event fails now, if that is what was added.
        package var fault: FunctionFault?
    }

    /// How many outputs came out how.
    package struct Counts: Hashable, Sendable {
        package var same: UInt64 = 0
        package var added: UInt64 = 0
        package var changed: UInt64 = 0
        package var missing: UInt64 = 0

        package init() {}

        package var differences: UInt64 { added + changed + missing }

        package static func + (left: Counts, right: Counts) -> Counts {
            var sum = left
            sum.same += right.same
            sum.added += right.added
            sum.changed += right.changed
            sum.missing += right.missing
            return sum
        }
    }

    /// The stations that what is there was looked up in; the last one is that of dead letters.
    private let recordedStations: [StationName]
    package private(set) var counts = Counts()

    package init(recordedIn stations: [StationName]) {
        recordedStations = stations
    }

    /// Takes in what one event comes to now.
    ///
    /// - Parameters:
    ///   - outputs: the stations that the reply's outputs are indexes of.
    ///   - recorded: what is there of it.
    ///   - isResent: whether it failed and was run again with success: that its dead letter is not
    ///     made any more is then no difference.
    /// - Returns: what differs.
    package mutating func take(
        _ outcome: Outcome, of reply: RunReply?, outputs: [StationName], at place: InputPlace,
        event: Event, recorded: ArraySlice<RecordedOutputs.Entry>, isResent: Bool
    ) -> [Difference] {
        var left = Array(recorded)
        var differences: [Difference] = []
        switch outcome {
        case .done(let emissions):
            for (number, emission) in emissions.enumerated() {
                let number = UInt16(number)
                let entry = left.firstIndex { $0.emission == number }.map { left.remove(at: $0) }
                let difference = reply?.withEmission(emission) { output, record in
                    self.difference(
                        record, in: outputs[output], from: entry, number: number, at: place)
                }
                if let difference = difference ?? nil { differences.append(difference) }
            }
        case .failed(let fault):
            if let letter = left.firstIndex(where: \.isLetter) {
                left.remove(at: letter)
                counts.same += 1
            } else {
                counts.added += 1
                differences.append(
                    Difference(
                        kind: .added, input: place, emission: SettlementBuilder.deadLetterEmission,
                        station: recordedStations[recordedStations.count - 1], event: event,
                        fault: fault))
            }
        case .parked:
            return []
        }
        for entry in left where !(entry.isLetter && isResent) {
            counts.missing += 1
            differences.append(
                Difference(
                    kind: .missing, input: place, emission: entry.emission,
                    station: recordedStations[Int(entry.output)], partition: entry.partition,
                    offset: entry.offset))
        }
        return differences
    }

    /// What differs between an output and a shadow's, and where the shadow has its own.
    package struct ShadowDifference: Sendable {
        package var difference: Difference
        package var shadow: RecordedOutputs.Entry?
    }

    /// Takes in what a shadow made of one event.
    ///
    /// - Parameters:
    ///   - shadow: that; its stations stand in the order of those that `recorded` was looked up in.
    ///   - recorded: what is there of it.
    ///   - isResent: whether it failed and was run again with success, here or in the shadow.
    /// - Returns: what differs.
    package mutating func take(
        _ shadow: ArraySlice<RecordedOutputs.Entry>, at place: InputPlace,
        recorded: ArraySlice<RecordedOutputs.Entry>, isResent: Bool
    ) -> [ShadowDifference] {
        var left = Array(recorded)
        var differences: [ShadowDifference] = []
        func note(
            _ kind: Kind, _ known: RecordedOutputs.Entry, _ now: RecordedOutputs.Entry?
        ) {
            differences.append(
                ShadowDifference(
                    difference: Difference(
                        kind: kind, input: place, emission: known.emission,
                        station: recordedStations[Int(known.output)],
                        partition: kind == .added ? nil : known.partition,
                        offset: kind == .added ? nil : known.offset), shadow: now))
        }
        for now in shadow {
            guard let index = left.firstIndex(where: { $0.emission == now.emission }) else {
                if now.isLetter, isResent { continue }
                counts.added += 1
                note(.added, now, now)
                continue
            }
            let known = left.remove(at: index)
            // The text of a dead letter tells of its run.
            if known.isLetter || (known.output == now.output && known.content == now.content) {
                counts.same += 1
            } else {
                counts.changed += 1
                note(.changed, known, now)
            }
        }
        for known in left where !(known.isLetter && isResent) {
            counts.missing += 1
            note(.missing, known, nil)
        }
        return differences
    }

    /// Takes in what a timer comes to now that fired after an event.
    ///
    /// - Parameter recorded: what is there of timers; what is told of it is taken out.
    /// - Returns: what differs.
    package mutating func take(
        _ firing: RunReply.Firing, of reply: RunReply, outputs: [StationName],
        after place: InputPlace, recorded: inout FiredOutputs
    ) -> [Difference] {
        switch firing.outcome {
        case .done(let emissions):
            return emissions.enumerated().compactMap { number, emission -> Difference? in
                let entry = recorded.take(
                    of: firing.timer, emission: UInt16(number), after: place)
                return reply.withEmission(emission) { output, record in
                    difference(
                        record, in: outputs[output], from: entry, number: UInt16(number),
                        at: place)
                }
            }
        case .failed(let fault):
            let letter = SettlementBuilder.deadLetterEmission
            if recorded.take(of: firing.timer, emission: letter, after: place) != nil {
                counts.same += 1
                return []
            }
            counts.added += 1
            return [
                Difference(
                    kind: .added, input: place, emission: letter,
                    station: recordedStations[recordedStations.count - 1],
                    event: FiringEvents.event(of: firing.timer), fault: fault)
            ]
        case .parked:
            return []
        }
    }

    /// Takes in that nothing more comes of timers: what is left of what is there is missing now.
    package mutating func finish(_ recorded: FiredOutputs) -> [Difference] {
        recorded.all.map { entry in
            counts.missing += 1
            return Difference(
                kind: .missing, input: entry.input, emission: entry.emission,
                station: recordedStations[Int(entry.output)], partition: entry.partition,
                offset: entry.offset)
        }
    }

    private mutating func difference(
        _ record: EventRecord, in station: StationName, from entry: RecordedOutputs.Entry?,
        number: UInt16, at place: InputPlace
    ) -> Difference? {
        guard let entry else {
            counts.added += 1
            return Difference(
                kind: .added, input: place, emission: number, station: station,
                event: record.event)
        }
        if recordedStations[Int(entry.output)] == station, entry.content == OutputContent(record) {
            counts.same += 1
            return nil
        }
        counts.changed += 1
        return Difference(
            kind: .changed, input: place, emission: number,
            station: recordedStations[Int(entry.output)], partition: entry.partition,
            offset: entry.offset, event: record.event)
    }
}

extension RecordedOutputs.Entry {
    /// Whether it is the event's dead letter.
    package var isLetter: Bool { emission == SettlementBuilder.deadLetterEmission }
}
