extension DefinitionFields {
    func readLimits(into limits: inout FunctionLimits) throws(InvalidDefinition) {
        guard let table = try table("limits", known: ["memory", "time"]) else { return }
        if let memory = table["memory"] {
            guard let bytes = Self.memory(memory) else {
                throw invalid(
                    "'limits.memory' must be a size from 256KiB to 1GiB, such as \"32MiB\"",
                    at: "limits")
            }
            guard bytes <= limits.scriptMemoryBytesMaximum else {
                throw invalid(
                    "'limits.memory' is over \(limits.scriptMemoryBytesMaximum) bytes, which is "
                        + "what the operator lets a script ask for (limits.memory_maximum)",
                    at: "limits")
            }
            limits.memoryBytes = bytes
        }
        if let time = table["time"] {
            guard let duration = Self.time(time) else {
                throw invalid(
                    "'limits.time' must be a CPU time from 1ms to 10s, such as \"100ms\"",
                    at: "limits")
            }
            guard duration <= limits.scriptEventTimeMaximum else {
                throw invalid(
                    "'limits.time' is over \(limits.scriptEventTimeMaximum), which is what the "
                        + "operator lets a script ask for (limits.time_maximum)", at: "limits")
            }
            limits.eventTime = duration
        }
    }

    private static func memory(_ value: JSONValue) -> UInt64? {
        let bytes: UInt64? =
            switch value {
            case .integer(let number): UInt64(exactly: number)
            case .string(let text): Quantity.bytes(text)
            default: nil
            }
        let allowed = FunctionLimits.memoryBytesMinimum...FunctionLimits.memoryBytesMaximum
        return bytes.flatMap { allowed.contains($0) ? $0 : nil }
    }

    private static func time(_ value: JSONValue) -> Duration? {
        guard case .string(let text) = value, let time = Quantity.duration(text),
            (.milliseconds(1)...FunctionLimits.eventTimeMaximum).contains(time)
        else { return nil }
        return time
    }
}
