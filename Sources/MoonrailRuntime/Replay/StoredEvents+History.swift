import MoonrailCore

extension StoredEvents {
    /// Leaves out what comes behind `offset`.
    mutating func cut(behind offset: UInt64) {
        guard let last = offsets.last, last > offset else { return }
        self = keeping { $0 <= offset }
    }

    /// These events but those about which the machine decided, which are counted.
    func without(
        _ verdicts: [InputPlace: FunctionFault.Kind], _ count: inout UInt64
    ) -> StoredEvents {
        if verdicts.isEmpty { return self }
        let kept = keeping { verdicts[InputPlace(station: station, offset: $0)] == nil }
        count += UInt64(self.count - kept.count)
        return kept
    }

    /// Those with offsets in a range.
    func part(_ range: ClosedRange<UInt64>) -> StoredEvents { keeping(range.contains) }

    private func keeping(_ isKept: (UInt64) -> Bool) -> StoredEvents {
        var kept = StoredEvents(station: station, partition: partition)
        records.forEachRecord { index, record in
            guard isKept(offsets[index]) else { return }
            kept.records.append(record, origins: records.origins)
            kept.offsets.append(offsets[index])
        }
        return kept
    }
}
