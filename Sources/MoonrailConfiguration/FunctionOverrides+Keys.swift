import MoonrailCore

extension FunctionOverrides {
    /// The keys of one entry of `functions`.
    static let keys: [SettingsKey<FunctionOverrides>] =
        [
            SettingsKey(
                "script", \.script, .script,
                "The script that is attached.", unset: "`<name>.lua`"),
            SettingsKey("description", \.description, .description, "What the function is for."),
            SettingsKey("from", \.from, .inputs, "Stations that it reads."),
            SettingsKey(
                "to", \.to, .outputs, "Stations that it may write; the first is the default."),
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
        ] + failureKeys

    /// The keys of `limits` in an entry of `functions`.
    static let limitKeys: [SettingsKey<FunctionOverrides>] = [
        SettingsKey("memory", \.memoryBytes, .memory, LimitText.memory),
        SettingsKey("time", \.eventTime, .eventTime, LimitText.time),
        SettingsKey("wall_time", \.wallTime, .wallTime, LimitText.wallTime),
        SettingsKey("emissions", \.emissions, .emissions, LimitText.emissions),
        SettingsKey("output_bytes", \.outputBytes, .outputBytes, LimitText.outputBytes),
        SettingsKey("nesting", \.nesting, .nesting, LimitText.nesting),
        SettingsKey("log_lines", \.logLines, .logLines, LimitText.logLines),
        SettingsKey("log_bytes", \.logBytes, .logBytes, LimitText.logBytes),
        SettingsKey("log_rate", \.logRate, .logRate, LimitText.logRate),
        SettingsKey("state_bytes", \.stateBytes, .stateBytes, LimitText.stateBytes),
        SettingsKey("state_keys", \.stateKeys, .stateKeys, LimitText.stateKeys),
    ]
}

extension FunctionLimits {
    /// The keys of `limits` at the top of the file.
    static let keys: [SettingsKey<FunctionLimits>] = [
        SettingsKey("memory", \.memoryBytes, .memory, LimitText.memory),
        SettingsKey("time", \.eventTime, .eventTime, LimitText.time),
        SettingsKey(
            "memory_maximum", \.scriptMemoryBytesMaximum, .memory,
            "The most memory that a script may ask for itself."),
        SettingsKey(
            "time_maximum", \.scriptEventTimeMaximum, .eventTime,
            "The most CPU time of one event that a script may ask for itself."),
        SettingsKey("wall_time", \.wallTime, .wallTime, LimitText.wallTime),
        SettingsKey("emissions", \.emissions, .emissions, LimitText.emissions),
        SettingsKey("output_bytes", \.outputBytes, .outputBytes, LimitText.outputBytes),
        SettingsKey("nesting", \.nesting, .nesting, LimitText.nesting),
        SettingsKey("log_lines", \.logLines, .logLines, LimitText.logLines),
        SettingsKey("log_bytes", \.logBytes, .logBytes, LimitText.logBytes),
        SettingsKey("log_rate", \.logRate, .logRate, LimitText.logRate),
        SettingsKey("state_bytes", \.stateBytes, .stateBytes, LimitText.stateBytes),
        SettingsKey("state_keys", \.stateKeys, .stateKeys, LimitText.stateKeys),
    ]
}

/// What the limits mean, wherever they are set.
private enum LimitText {
    static let memory = "Memory of the script's values."
    static let time = "CPU time of one event."
    static let wallTime =
        "CPU that a host may use for one answer before it is killed from outside."
    static let emissions = "Events that one event may cause."
    static let outputBytes = "Payload bytes of all events that one event causes."
    static let nesting = "Depth of a JSON document, read or written."
    static let logLines = "Log lines of one event; more are dropped, and one line says so."
    static let logBytes = "Bytes of all log lines of one event."
    static let logRate =
        "Log lines of a partition in a second, on average over ten; more are dropped, and one "
        + "line says so."
    static let stateBytes = "Bytes of one key's state, as JSON."
    static let stateKeys = "Keys of a partition that may have state."
}

extension ValueKind<UInt64> {
    fileprivate static let stateKeys = number(SettingsBounds.stateKeys)
    fileprivate static let memory = size(
        FunctionLimits.memoryBytesMinimum...FunctionLimits.memoryBytesMaximum, example: "32MiB")
}

extension ValueKind<UInt32> {
    fileprivate static let emissions = number(SettingsBounds.emissions)
    fileprivate static let outputBytes = size(SettingsBounds.outputBytes, example: "8MiB")
    fileprivate static let nesting = number(SettingsBounds.documentNesting)
    fileprivate static let logLines = number(SettingsBounds.logLines)
    fileprivate static let logBytes = size(SettingsBounds.logBytes, example: "8KiB")
    fileprivate static let logRate = number(SettingsBounds.logRate)
    fileprivate static let stateBytes = size(SettingsBounds.stateBytes, example: "64KiB")
}

extension ValueKind<Duration> {
    fileprivate static let eventTime = duration(
        .milliseconds(1)...FunctionLimits.eventTimeMaximum, example: "100ms")
    fileprivate static let wallTime = duration(
        .milliseconds(100)...Duration.seconds(60), example: "2s")
}
