import MoonrailCore

/// What a key takes: how a value is read, how it is written, and how messages and reference say it.
struct ValueKind<Value: Sendable>: Sendable {
    /// Ends the sentence "it must be ".
    let demand: String
    /// The value as a user would write it.
    let text: @Sendable (Value) -> String
    /// Reads a value that messages call by the given text; nil when it has added a problem.
    let read: @Sendable (SettingsNode, String, inout [SettingsProblem]) -> Value?

    init(
        _ demand: String, text: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (SettingsNode, String, inout [SettingsProblem]) -> Value?
    ) {
        self.demand = demand
        self.text = text
        self.read = read
    }

    /// A kind that is one scalar, which `value` reads, or answers nil when it does not fit.
    init(
        _ demand: String, text: @escaping @Sendable (Value) -> String,
        scalar value: @escaping @Sendable (SettingsScalar) -> Value?
    ) {
        self.init(demand, text: text) { node, subject, problems in
            if case .scalar(let scalar) = node.content, let value = value(scalar) { return value }
            problems.append(node.mustBe(demand, subject))
            return nil
        }
    }
}

extension ValueKind<Bool> {
    static let truth = ValueKind("true or false") {
        "\($0)"
    } scalar: {
        if case .bool(let value) = $0.value { value } else { nil }
    }
}

extension ValueKind<String> {
    static let path = ValueKind("a path") {
        $0
    } scalar: {
        $0.string.flatMap { path in
            (1...SettingsBounds.pathBytes).contains(path.utf8.count) && !path.utf8.contains(0)
                ? path : nil
        }
    }

    static let script = ValueKind(
        "the name of a file in the functions directory, ending in .lua"
    ) {
        $0
    } scalar: {
        $0.string.flatMap { name in
            name.hasSuffix(".lua") && !name.hasPrefix(".") && name.utf8.count <= 255
                && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") } ? name : nil
        }
    }

    static let description = ValueKind(
        "text of at most \(SettingsBounds.descriptionBytes) bytes; numbers need quotes"
    ) {
        $0
    } scalar: {
        $0.string.flatMap { $0.utf8.count <= SettingsBounds.descriptionBytes ? $0 : nil }
    }
}

extension ValueKind where Value: CaseIterable & RawRepresentable<String> {
    static var choice: ValueKind {
        let names = Value.allCases.map(\.rawValue)
        let demand = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        return ValueKind(demand) {
            $0.rawValue
        } scalar: {
            $0.string.flatMap(Value.init)
        }
    }
}

extension ValueKind where Value: FixedWidthInteger {
    static func number(_ range: ClosedRange<Value>) -> ValueKind {
        ValueKind("a whole number from \(range.lowerBound) to \(range.upperBound)") {
            "\($0)"
        } scalar: {
            guard case .integer(let number) = $0.value, let value = Value(exactly: number),
                range.contains(value)
            else { return nil }
            return value
        }
    }

    static func size(_ range: ClosedRange<Value>, example: String) -> ValueKind {
        let lowest = Quantity.text(bytes: UInt64(range.lowerBound))
        let highest = Quantity.text(bytes: UInt64(range.upperBound))
        return ValueKind("a size from \(lowest) to \(highest), such as \(example)") {
            Quantity.text(bytes: UInt64($0))
        } scalar: {
            guard let bytes = Quantity.bytes($0.text), let value = Value(exactly: bytes),
                range.contains(value)
            else { return nil }
            return value
        }
    }
}

extension ValueKind<Duration> {
    static func duration(_ range: ClosedRange<Duration>, example: String) -> ValueKind {
        let lowest = Quantity.text(duration: range.lowerBound)
        let highest = Quantity.text(duration: range.upperBound)
        return ValueKind("a duration from \(lowest) to \(highest), such as \(example)") {
            Quantity.text(duration: $0)
        } scalar: {
            Quantity.duration($0.text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueKind {
    /// What `kind` takes, or `none` for nil.
    static func orNone<Bound>(_ kind: ValueKind<Bound>) -> ValueKind where Value == Bound? {
        let demand = kind.demand + ", or none"
        return ValueKind(demand) {
            $0.map(kind.text) ?? "none"
        } read: { node, subject, problems in
            if case .scalar(let scalar) = node.content, scalar.text == "none" { return .some(nil) }
            var unread: [SettingsProblem] = []
            if let value = kind.read(node, subject, &unread) { return value }
            problems.append(node.mustBe(demand, subject))
            return nil
        }
    }
}
