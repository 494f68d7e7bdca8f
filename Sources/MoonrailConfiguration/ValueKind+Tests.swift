import MoonrailCore

// What the keys of a function's tests take.

extension ValueKind<String> {
    /// Text of an event is at most as long as an event's payload may be.
    static let testText = ValueKind("text; numbers need quotes") {
        $0
    } scalar: {
        $0.string
    }
}

extension ValueKind<[String: String]> {
    static let testTexts = ValueKind("a table of texts") {
        "\($0)"
    } read: { node, subject, problems in
        let problemsBefore = problems.count
        var texts: [String: String] = [:]
        for entry in node.entries(subject, problems: &problems) {
            texts[entry.key] = ValueKind<String>.testText.read(
                entry.value, "'\(entry.key)' of \(subject)", &problems)
        }
        return problems.count == problemsBefore ? texts : nil
    }
}

extension ValueKind<EventTime> {
    static let time = ValueKind("a time such as 2026-01-31T08:00:00Z") {
        "\($0)"
    } scalar: {
        EventTime($0.text)
    }
}

extension ValueKind<StationName> {
    static let station = ValueKind("a station's name") {
        $0.text
    } scalar: {
        $0.string.flatMap { try? StationName($0) }
    }
}

extension ValueKind<GivenEventDraft> {
    static let givenEvent = table(GivenEventDraft(), keys: GivenEventDraft.keys)
}

extension ValueKind<[StationName: [FunctionTest.Emission]]> {
    /// Lists of events by station; a station that is to get nothing may be left out.
    static let emissions = ValueKind("a table of stations, each with a list of events") {
        "\($0)"
    } read: { node, subject, problems in
        let problemsBefore = problems.count
        let events = ValueKind<[FunctionTest.Emission]>.list(
            of: .table(FunctionTest.Emission(), keys: FunctionTest.Emission.keys))
        var emissions: [StationName: [FunctionTest.Emission]] = [:]
        for entry in node.entries(subject, problems: &problems) {
            do throws(InvalidName) {
                let station = try StationName(entry.key)
                emissions[station] = events.read(
                    entry.value, "\(quoted(entry.key)) of \(subject)", &problems)
            } catch {
                problems.append(SettingsProblem(line: entry.value.line, "\(error)"))
            }
        }
        return problems.count == problemsBefore ? emissions : nil
    }
}

extension ValueKind {
    /// A table with declared keys; one that is empty says nothing.
    static func table(_ empty: Value, keys: [SettingsKey<Value>]) -> ValueKind {
        ValueKind("a table") {
            "\($0)"
        } read: { node, subject, problems in
            let problemsBefore = problems.count
            var value = empty
            node.read(keys, of: subject, into: &value, problems: &problems)
            return problems.count == problemsBefore ? value : nil
        }
    }

    /// A list of what `kind` takes.
    static func list<Element>(of kind: ValueKind<Element>) -> ValueKind
    where Value == [Element] {
        ValueKind("a list") {
            $0.map(kind.text).joined(separator: ", ")
        } read: { node, subject, problems in
            guard case .list(let nodes) = node.content else {
                problems.append(node.mustBe("a list", subject))
                return nil
            }
            let problemsBefore = problems.count
            var elements: [Element] = []
            for (number, node) in nodes.enumerated() {
                let place = "element \(number + 1) of \(subject)"
                if let element = kind.read(node, place, &problems) { elements.append(element) }
            }
            return problems.count == problemsBefore ? elements : nil
        }
    }
}
