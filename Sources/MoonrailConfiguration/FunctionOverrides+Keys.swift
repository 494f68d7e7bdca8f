import MoonrailCore

extension FunctionOverrides {
    /// The keys of one entry of `functions`.
    static let keys: [SettingsKey<FunctionOverrides>] = [
        SettingsKey(
            "script", \.script, .script,
            "The script that is attached.", unset: "`<name>.lua`"),
        SettingsKey("description", \.description, .description, "What the function is for."),
        SettingsKey("from", \.from, .inputs, "Stations that it reads."),
        SettingsKey("to", \.to, .outputs, "Stations that it may write; the first is the default."),
        SettingsKey(
            "start", \.start, .choice, "Where it begins in stations that it has not read yet."),
        SettingsKey(
            "batch", \.batchEvents, .number(1...Bounds.batchEvents),
            "Events that its host takes at once."),
        SettingsKey(
            "limits", \.self, keys: limitKeys, "What this function may use up."),
        SettingsKey(
            "inputs", \.inputs, .jsonTable,
            "Parameters: what the script finds in `context.inputs`.", unset: "`{}`"),
    ]

    /// The keys of `limits` in an entry of `functions`.
    static let limitKeys: [SettingsKey<FunctionOverrides>] = [
        SettingsKey("memory", \.memoryBytes, .memory, "Memory of the script's values."),
        SettingsKey("time", \.eventTime, .eventTime, "CPU time of one event."),
    ]
}

extension FunctionLimits {
    /// The keys of `limits` at the top of the file.
    static let keys: [SettingsKey<FunctionLimits>] = [
        SettingsKey("memory", \.memoryBytes, .memory, "Memory of the script's values."),
        SettingsKey("time", \.eventTime, .eventTime, "CPU time of one event."),
        SettingsKey(
            "memory_maximum", \.scriptMemoryBytesMaximum, .memory,
            "The most memory that a script may ask for itself."),
        SettingsKey(
            "time_maximum", \.scriptEventTimeMaximum, .eventTime,
            "The most CPU time of one event that a script may ask for itself."),
        SettingsKey(
            "wall_time", \.wallTime,
            .duration(.milliseconds(100)...Duration.seconds(60), example: "2s"),
            "CPU that a host may use for one answer before it is killed from outside."),
        SettingsKey(
            "emissions", \.emissions, .number(SettingsBounds.emissions),
            "Events that one event may cause."),
        SettingsKey(
            "output_bytes", \.outputBytes, .size(SettingsBounds.outputBytes, example: "8MiB"),
            "Payload bytes of all events that one event causes."),
        SettingsKey(
            "nesting", \.nesting, .number(SettingsBounds.documentNesting),
            "Depth of a JSON document, read or written."),
        SettingsKey(
            "log_lines", \.logLines, .number(SettingsBounds.logLines),
            "Log lines of one event; more are dropped, and one line says so."),
        SettingsKey(
            "log_bytes", \.logBytes, .size(SettingsBounds.logBytes, example: "8KiB"),
            "Bytes of all log lines of one event."),
    ]
}

extension ValueKind<UInt64> {
    fileprivate static let memory = size(
        FunctionLimits.memoryBytesMinimum...FunctionLimits.memoryBytesMaximum, example: "32MiB")
}

extension ValueKind<Duration> {
    fileprivate static let eventTime = duration(
        .milliseconds(1)...FunctionLimits.eventTimeMaximum, example: "100ms")
}
