import MoonrailCore

/// One case as it is being read.
struct FunctionTestDraft {
    var name: String?
    var inputs: JSONValue?
    var event: GivenEventDraft?
    var events: [GivenEventDraft]?
    var emits: [StationName: [FunctionTest.Emission]]?
    var rejects: String?
    var raises: String?
    var state: JSONValue?
    var stateVersion: UInt32?
    var stateAfter: JSONValue?

    static let keys: [SettingsKey<FunctionTestDraft>] = [
        SettingsKey("name", \.name, .testText, "What it shows, as a sentence."),
        SettingsKey("inputs", \.inputs, .jsonTable, "`context.inputs` of this case."),
        SettingsKey("event", \.event, .givenEvent, "The event that the function is given."),
        SettingsKey("events", \.events, .list(of: .givenEvent), "Several events, in order."),
        SettingsKey("state", \.state, .jsonTable, "The state of keys before the events."),
        SettingsKey(
            "state_version", \.stateVersion, .number(1...UInt32(Int32.max)),
            "The `state.version` of what left that state."),
        SettingsKey("state_after", \.stateAfter, .jsonTable, "The state of keys after them."),
        SettingsKey("emits", \.emits, .emissions, "What each station gets, in order."),
        SettingsKey("rejects", \.rejects, .testText, "The reason of the rejection."),
        SettingsKey("raises", \.raises, .testText, "A part of the error's message."),
    ]

    /// - Throws: what is missing, or does not go together.
    func test(line: Int?) throws(SettingsProblem) -> FunctionTest {
        guard let name else {
            throw SettingsProblem(line: line, "this case has no 'name'; say what it shows")
        }
        let subject = "case \(quoted(name))"
        let given = events ?? event.map { [$0] } ?? []
        if given.isEmpty || (events != nil && event != nil) {
            throw SettingsProblem(
                line: line, "\(subject) must have one 'event', or 'events' with one at least")
        }
        if rejects != nil && raises != nil {
            throw SettingsProblem(
                line: line, "\(subject) has 'rejects' and 'raises'; one event fails in one way")
        }
        let failure =
            rejects.map(FunctionTest.Failure.rejected) ?? raises.map(FunctionTest.Failure.raised)
        if failure == nil && emits == nil && stateAfter == nil {
            throw SettingsProblem(
                line: line,
                "\(subject) expects nothing; say what it 'emits' ({} for nothing), 'rejects' or "
                    + "'raises', or its 'state_after'")
        }
        var all: [FunctionTest.Given] = []
        for event in given { all.append(try event.given(subject, line: line)) }
        return FunctionTest(
            name: name, line: line ?? 1, inputs: inputs, events: all,
            state: Self.states(state), stateVersion: stateVersion,
            expected: .init(
                emissions: emits, failure: failure,
                state: stateAfter.map(Self.states)))
    }
}

extension FunctionTestDraft {
    /// By their keys; the table was read as one.
    private static func states(_ table: JSONValue?) -> [String: JSONValue] {
        guard case .object(let states) = table else { return [:] }
        return states
    }
}

/// An event of a case as it is being read.
struct GivenEventDraft {
    var data: JSONValue?
    var bytes: String?
    var key: String?
    var id: String?
    var type: String?
    var time: EventTime?
    var headers: [String: String]?
    var station: StationName?

    static let keys: [SettingsKey<GivenEventDraft>] = [
        SettingsKey("data", \.data, .json, "The payload as JSON."),
        SettingsKey("bytes", \.bytes, .testText, "The payload as it is, where it is not JSON."),
        SettingsKey("key", \.key, .testText, "The event's key."),
        SettingsKey("id", \.id, .testText, "The event's id."),
        SettingsKey("type", \.type, .testText, "The event's type."),
        SettingsKey("time", \.time, .time, "The event's time."),
        SettingsKey("headers", \.headers, .testTexts, "The event's headers."),
        SettingsKey(
            "station", \.station, .station, "Where it comes from, if the function reads several."),
    ]

    fileprivate func given(
        _ subject: String, line: Int?
    ) throws(SettingsProblem) -> FunctionTest.Given {
        let payload: [UInt8]
        switch (data, bytes) {
        case (let data?, nil):
            do {
                payload = try data.encoded()
            } catch {
                throw SettingsProblem(line: line, "\(subject): data can't be written as JSON")
            }
        case (nil, let bytes?): payload = Array(bytes.utf8)
        default:
            throw SettingsProblem(line: line, "\(subject): an event has either 'data' or 'bytes'")
        }
        let event = Event(
            id: id.map { .text($0) }, key: key.map { Array($0.utf8) },
            time: time ?? FunctionTest.Given.time, type: type,
            headers: (headers ?? [:]).sorted { $0.key < $1.key }.map { .init($0.key, $0.value) },
            payload: payload, isJSON: data != nil)
        return FunctionTest.Given(station: station, event: event)
    }
}

extension FunctionTest.Emission {
    static let keys: [SettingsKey<FunctionTest.Emission>] = [
        SettingsKey("data", \.data, .json, "The payload as JSON."),
        SettingsKey("bytes", \.bytes, .testText, "The payload as it is."),
        SettingsKey("key", \.key, .testText, "The event's key."),
        SettingsKey("id", \.id, .testText, "The event's id."),
        SettingsKey("type", \.type, .testText, "The event's type."),
        SettingsKey("headers", \.headers, .testTexts, "All headers of the event."),
    ]
}
