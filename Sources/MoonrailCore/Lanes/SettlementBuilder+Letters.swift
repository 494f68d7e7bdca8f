/// Settlements of dead letters that run again or are skipped. The lane's position stays.
extension SettlementBuilder {
    /// The settlement of letters that were run again.
    ///
    /// Their emissions have the ids that they would have had at the first time.
    ///
    /// - Parameters:
    ///   - ready: outcomes of the events of `letters`; a parked one leaves its letter as it was.
    ///   - heads: keys that wait, with the letters that they wait behind from now on.
    ///   - position: where the lane stands.
    package mutating func settlement(
        of ready: Delivery.Ready, in letters: LetterBatch, reply: RunReply?,
        parking heads: [[UInt8]: InputPlace] = [:], at position: Position, time: EventTime
    ) -> Settlement {
        var made = LetterSettlement(
            function: claim.lane.function, version: version, time: time, reply: reply)
        made.appends = outputs.map {
            StationAppend(station: $0, unkeyedPartition: claim.lane.partition)
        }
        letters.batch.forEachPart(in: ready.range) { number, local, base in
            let part = letters.batch.parts[number]
            let first = letters.letters[base + local.lowerBound]
            var source = PartSource(
                origin: first.origin(version: version),
                ids: EmissionIDSource(
                    function: function, generation: first.generation,
                    station: part.station, partition: part.partition))
            for event in local {
                let settled = base + event - ready.first
                let letter = letters.letters[base + event]
                made.records.take(
                    &source, event: event, of: part, settled: settled, ready.outcomes[settled])
                switch ready.outcomes[settled] {
                case .done(let emissions):
                    if let reply {
                        source.append(
                            emissions, of: reply, event: event, of: part, settled: settled,
                            to: &made.appends)
                    }
                    made.counts.emitted += UInt64(emissions.count)
                    made.tell(.resent(emissions: emissions.count), of: letter, settled)
                case .failed(let fault):
                    made.tell(.failedAgain(fault), of: letter, settled)
                case .parked:
                    break
                }
            }
        }
        for (key, place) in heads {
            made.changes.append(
                LaneValueChange(space: .parkedKeys, key: key, value: place.encoded))
        }
        made.changes += count(made.records.state)
        return made.settlement(claim, at: position)
    }

    /// The settlement of letters that are not to be run.
    package func settlement(
        skipping letters: [DeadLetter], because: String, at position: Position, time: EventTime
    ) -> Settlement {
        var made = LetterSettlement(
            function: claim.lane.function, version: version, time: time)
        for (number, letter) in letters.enumerated() {
            made.tell(.skipped(because: because), of: letter, number)
        }
        return made.settlement(claim, at: position)
    }

    /// The settlement after which events of these keys run again as they come.
    package func settlement(releasing keys: [[UInt8]], at position: Position) -> Settlement {
        Settlement(
            claim: claim, from: position, to: position, appends: [],
            changes: keys.map { LaneValueChange(space: .parkedKeys, key: $0, value: nil) },
            journal: JournalRecord(version: version, taken: []))
    }
}

/// A settlement of dead letters, while it is made.
private struct LetterSettlement {
    let version: FunctionVersion
    let time: EventTime
    var appends: [StationAppend] = []
    var counts = LaneCounts()
    private var followUps = StationAppend(station: .letterFollowUps)
    var changes: [LaneValueChange] = []
    var records: RunRecords
    private var fates: [JournalRecord.LetterFate] = []

    init(
        function: FunctionName, version: FunctionVersion, time: EventTime, reply: RunReply? = nil
    ) {
        self.version = version
        self.time = time
        records = RunRecords(reply, of: function, at: time)
    }

    mutating func tell(_ followUp: LetterFollowUp, of letter: DeadLetter, _ settled: Int) {
        followUps.records.append(followUp.event(of: letter, version: version, at: time))
        followUps.causes.append(settled)
        fates.append(
            .init(
                station: letter.place.station, offset: letter.place.offset, kind: followUp.fate))
        switch followUp {
        case .resent: counts.resent += 1
        case .skipped: counts.skipped += 1
        case .failedAgain: return
        }
        changes.append(
            LaneValueChange(
                space: .letterFates, key: letter.id.field, value: [followUp.fate.rawValue]))
    }

    func settlement(_ claim: LaneClaim, at position: Position) -> Settlement {
        Settlement(
            claim: claim, from: position, to: position,
            appends: (appends + [followUps] + records.appends).filter {
                !$0.records.isEmpty
            },
            changes: changes, values: records.state.values,
            journal: JournalRecord(version: version, taken: [], fates: fates), counts: counts)
    }
}
