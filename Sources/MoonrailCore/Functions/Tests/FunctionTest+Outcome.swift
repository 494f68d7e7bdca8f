extension FunctionTest.Expected {
    /// The expectation that `outcome` meets: all that was emitted, and how one event failed.
    ///
    /// - Returns: nil when bytes that are no text were emitted, which a test can't say.
    package init?(meeting outcome: FunctionTest.Outcome) {
        var emissions: [StationName: [FunctionTest.Emission]] = [:]
        for (station, events) in outcome.emissions {
            for event in events {
                guard let emission = FunctionTest.Emission(of: event) else { return nil }
                emissions[station, default: []].append(emission)
            }
        }
        let failure = outcome.faults.first.map { fault -> FunctionTest.Failure in
            guard fault.kind != .rejected else { return .rejected(fault.message) }
            // The place changes with every line that is added to the script.
            return .raised(fault.message.replacing(#/^[^\n]*?\.lua:[0-9]+: /#, with: ""))
        }
        self.init(
            emissions: failure != nil && emissions.isEmpty ? nil : emissions, failure: failure,
            state: outcome.changedKeys.isEmpty
                ? nil
                : Dictionary(
                    uniqueKeysWithValues: outcome.changedKeys.map {
                        ($0, outcome.state[$0] ?? .null)
                    }))
    }
}

extension FunctionTest.Emission {
    /// - Returns: nil for bytes that are no text.
    fileprivate init?(of event: Event) {
        self.init(
            key: event.key.map { String(decoding: $0, as: UTF8.self) },
            id: event.id?.description, type: event.type,
            headers: event.headers.isEmpty
                ? nil : Dictionary(event.headers.map { ($0.name, $0.value) }) { $1 })
        if event.isJSON, let data = try? JSONValue(parsing: event.payload) {
            self.data = data
        } else if let text = String(validating: event.payload, as: UTF8.self) {
            bytes = text
        } else {
            return nil
        }
    }
}
