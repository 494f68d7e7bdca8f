extension FunctionTest.Expected {
    /// What of `outcome` is not as expected: sentences, each naming the place. Empty when the test
    /// passes.
    package func differences(from outcome: FunctionTest.Outcome) -> [String] {
        var differences = differences(from: outcome.faults) + stateDifferences(from: outcome)
        guard let emissions else { return differences }
        for station in Set(emissions.keys).union(outcome.emissions.keys).sorted() {
            let expected = emissions[station] ?? []
            let actual = outcome.emissions[station] ?? []
            for (number, pair) in zip(expected, actual).enumerated() {
                differences += pair.0.differences(from: pair.1).map {
                    "\(station), event \(number + 1): \($0)"
                }
            }
            for number in min(expected.count, actual.count)..<max(expected.count, actual.count) {
                let place = "\(station), event \(number + 1)"
                differences.append(
                    number < expected.count
                        ? "\(place) is missing: \(expected[number].shown)"
                        : "\(place) was not expected: \(actual[number].shownPayload)")
            }
        }
        return differences
    }

    private func stateDifferences(from outcome: FunctionTest.Outcome) -> [String] {
        guard let state else { return [] }
        var differences: [String] = []
        for key in outcome.changedKeys.union(state.keys).sorted() {
            let actual = outcome.state[key] ?? .null
            if let expected = state[key] {
                differences += expected.differences(from: actual, at: "state of '\(key)'")
            } else {
                differences.append(
                    "state of '\(key)' was not expected to change; it is \(actual.shown)")
            }
        }
        return differences
    }

    private func differences(from faults: [FunctionFault]) -> [String] {
        guard let failure else { return faults.map { "an event failed: \($0.shown)" } }
        guard let fault = faults.first else { return ["no event failed; expected \(failure)"] }
        var differences = faults.dropFirst().map { "one more event failed: \($0.shown)" }
        let isMatch =
            switch failure {
            case .rejected(let reason): fault.kind == .rejected && fault.message == reason
            case .raised(let part): fault.kind != .rejected && fault.message.contains(part)
            }
        if !isMatch { differences.insert("it failed: \(fault.shown); expected \(failure)", at: 0) }
        return differences
    }
}

extension FunctionTest.Emission {
    /// What of `event` is not as this says.
    func differences(from event: Event) -> [String] {
        var differences: [String] = []
        if let data {
            if let actual = try? JSONValue(parsing: event.payload) {
                differences += data.differences(from: actual, at: "data")
            } else {
                differences.append("data is not JSON: \(event.shownPayload)")
            }
        }
        func compare(_ what: String, _ expected: String?, _ actual: String?) {
            guard let expected, expected != actual else { return }
            let shown = actual.map { "'\($0)'" } ?? "missing"
            differences.append("\(what) is \(shown); expected '\(expected)'")
        }
        compare("bytes", bytes, String(decoding: event.payload, as: UTF8.self))
        compare("key", key, event.key.map { String(decoding: $0, as: UTF8.self) })
        compare("id", id, event.id?.description)
        compare("type", type, event.type)
        if let headers {
            let actual = Dictionary(event.headers.map { ($0.name, $0.value) }) { $1 }
            for name in Set(headers.keys).union(actual.keys).sorted() {
                guard let expected = headers[name] else {
                    differences.append("header \(name) was not expected")
                    continue
                }
                compare("header \(name)", expected, actual[name])
            }
        }
        return differences
    }

    fileprivate var shown: String {
        data?.shown ?? bytes ?? "an event"
    }
}

extension Event {
    /// Where `actual` differs from this event in what a function may say of it: sentences that name
    /// the place. Empty when only the writing differs, such as spaces or the order of members.
    package func differences(from actual: Event) -> [String] {
        let data = try? JSONValue(parsing: payload)
        return FunctionTest.Emission(
            data: data, bytes: data == nil ? String(decoding: payload, as: UTF8.self) : nil,
            key: key.map { String(decoding: $0, as: UTF8.self) }, type: type,
            headers: Dictionary(headers.map { ($0.name, $0.value) }) { $1 }
        ).differences(from: actual)
    }
}

extension JSONValue {
    /// Differences beyond these would not be read.
    private static let differencesMaximum = 20

    /// Where `actual` is another value than this one, each place named by its path from `path` on.
    /// Numbers are the same when they are equal, whether or not they are written with a fraction.
    package func differences(from actual: JSONValue, at path: String) -> [String] {
        var differences: [String] = []
        collect(from: actual, at: path, into: &differences)
        return differences
    }

    private func collect(
        from actual: JSONValue, at path: String, into differences: inout [String]
    ) {
        guard differences.count < Self.differencesMaximum else { return }
        switch (self, actual) {
        case (.object(let expected), .object(let actual)):
            for (name, wanted) in expected.sorted(by: { $0.key < $1.key }) {
                let place = "\(path).\(name)"
                if let value = actual[name] {
                    wanted.collect(from: value, at: place, into: &differences)
                } else {
                    differences.append("\(place) is missing; expected \(wanted.shown)")
                }
            }
            for (name, value) in actual.sorted(by: { $0.key < $1.key })
            where expected[name] == nil {
                differences.append("\(path).\(name) was not expected; it is \(value.shown)")
            }
        case (.array(let expected), .array(let actual)):
            if expected.count != actual.count {
                differences.append(
                    "\(path) has \(actual.count) elements; expected \(expected.count)")
            }
            for (number, pair) in zip(expected, actual).enumerated() {
                pair.0.collect(from: pair.1, at: "\(path)[\(number + 1)]", into: &differences)
            }
        case (.integer(let integer), .double(let double)),
            (.double(let double), .integer(let integer)):
            if Double(integer) == double { return }
            fallthrough
        default:
            if self != actual {
                differences.append("\(path) is \(actual.shown); expected \(shown)")
            }
        }
    }

    /// As JSON on one line, shortened.
    fileprivate var shown: String {
        let text = (try? encoded()).map { String(decoding: $0, as: UTF8.self) } ?? "\(self)"
        return text.count > 200 ? text.prefix(200) + "..." : text
    }
}

extension Event {
    fileprivate var shownPayload: String {
        let text = String(decoding: payload.prefix(200), as: UTF8.self)
        return payload.count > 200 ? text + "..." : text
    }
}

extension FunctionFault {
    fileprivate var shown: String { "\(kind.name): \(message)" }
}

extension FunctionTest.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .rejected(let reason): "a rejection for '\(reason)'"
        case .raised(let part): "a failure with '\(part)' in its message"
        }
    }
}
