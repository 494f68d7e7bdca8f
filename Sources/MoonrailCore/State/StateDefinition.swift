/// What a script says of its state.
package struct StateDefinition: Hashable, Sendable {
    /// The field of the payload whose value is the key; nil for the event's key, or a function.
    package var keyField: String?
    package var hasKeyFunction: Bool
    /// Of its shape, from 1 on.
    package var version: UInt32
    /// Whether it says how a value of an older version becomes one of this.
    package var migrates: Bool

    package init(
        keyField: String? = nil, hasKeyFunction: Bool = false, version: UInt32 = 1,
        migrates: Bool = false
    ) {
        self.keyField = keyField
        self.hasKeyFunction = hasKeyFunction
        self.version = version
        self.migrates = migrates
    }

    /// Whether it is the event's key, so that a key of state is one of events.
    package var keepsEventKeys: Bool { keyField == nil && !hasKeyFunction }

    /// Where the key is from, as people read it.
    package var keyText: String {
        if hasKeyFunction { return "what its state.key returns" }
        return keyField.map { "event.data.\($0)" } ?? "the event's key"
    }

    /// How a host's description shows a function.
    static let function = JSONValue.string("<function>")
}

extension FunctionDefinition {
    /// Whether the keys of its timers are those of events, so that both wait for one another.
    package var parksTimerKeys: Bool { state?.keepsEventKeys == true }
}

extension DefinitionFields {
    /// The state that the script declares, if it does.
    func state() throws(InvalidDefinition) -> StateDefinition? {
        guard
            let table = try table("state", known: ["initial", "key", "migrate", "version"])
        else { return nil }
        var state = StateDefinition()
        switch table["key"] {
        case nil: break
        case StateDefinition.function: state.hasKeyFunction = true
        case .string(let field): state.keyField = field
        case .some(let other):
            throw invalid(
                "'state.key' is \(other.kind); it must name a field of the payload, or be a "
                    + "function of the event", at: "state.key")
        }
        if let version = table["version"] {
            state.version = UInt32(try number(version, "state.version", 1...Int(Int32.max)))
        }
        state.migrates = table["migrate"] != nil
        return state
    }
}
