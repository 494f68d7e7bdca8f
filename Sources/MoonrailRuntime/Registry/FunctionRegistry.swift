import MoonrailCore
import Synchronization

/// Which versions of functions there were and which are chosen: events of `moonrail.functions`, and
/// the sources in `moonrail.sources`, each once under its hash.
package final class FunctionRegistry: Sendable {
    private let engine: any StationEngine
    private let records: Mutex<[FunctionName: FunctionRecord]>

    /// Reads what was recorded.
    ///
    /// - Throws: `EngineError`.
    package init(_ engine: any StationEngine) async throws(EngineError) {
        self.engine = engine
        records = Mutex(try await Self.records(in: engine))
    }

    private static func records(
        in engine: any StationEngine
    ) async throws(EngineError) -> [FunctionName: FunctionRecord] {
        var records: [FunctionName: FunctionRecord] = [:]
        try await forEach(in: engine) { take($0, &records) }
        return records
    }

    /// Reads again what was recorded: other workers may have added to it. Nothing may be recorded
    /// here meanwhile.
    ///
    /// - Throws: `EngineError`, and then what was known stays.
    func reload() async throws(EngineError) {
        let read = try await Self.records(in: engine)
        records.withLock { $0 = read }
    }

    /// What is known of a function; nil when it never was deployed.
    package func record(of name: FunctionName) -> FunctionRecord? {
        records.withLock { $0[name] }
    }

    /// The scripts of functions that were deployed and not removed since.
    var scripts: [FunctionName: ContentHash] {
        deployed.mapValues { ContentHash(text: $0.script) }
    }

    /// Functions that were deployed and not removed since, each as it was deployed last.
    var deployed: [FunctionName: RecordedVersion] {
        records.withLock { records in
            records.filter { !$0.value.isRemoved }.compactMapValues(\.current)
        }
    }

    /// The shadows of functions that have one.
    var shadows: [FunctionName: FunctionRecord.Shadow] {
        records.withLock { $0.compactMapValues(\.shadow) }
    }

    /// Records changes as one append, on disk when it returns.
    ///
    /// - Parameter functions: those whose sources may be new.
    /// - Throws: `EngineError`, and then nothing has changed.
    func record(
        _ changes: [FunctionChange], of functions: [DeployableFunction] = [], at time: EventTime
    ) async throws(EngineError) {
        try await keepSources(of: functions, at: time)
        var append = StationAppend(station: .functionChanges)
        for change in changes { append.records.append(change.event(at: time)) }
        try await engine.open(append.station, settings: nil)
        _ = try await engine.append(append)
        records.withLock { records in
            for change in changes { Self.take(change, &records) }
        }
    }

    /// Gives all that a function has in the store to the one that `change` names, and records that
    /// in the same transaction.
    ///
    /// - Throws: `EngineError`, and then nothing has changed.
    func rename(_ change: FunctionChange, at time: EventTime) async throws(EngineError) {
        guard let name = try? FunctionName(change.function),
            let before = change.before.flatMap({ try? FunctionName($0) })
        else { preconditionFailure("a rename names two functions") }
        var tellings = [StationAppend(station: .functionChanges), Audit.append([change], at: time)]
        tellings[0].records.append(change.event(at: time))
        for telling in tellings { try await engine.open(telling.station, settings: nil) }
        try await engine.rename(before, to: name, telling: tellings)
        records.withLock { Self.take(change, &$0) }
    }

    /// Has a function and its shadow exchange what they have, and records that in the same
    /// transaction.
    ///
    /// - Throws: `EngineError`, and then nothing has changed.
    func swap(
        _ change: FunctionChange, _ exchange: LaneExchange, at time: EventTime
    ) async throws(EngineError) {
        var tellings = [StationAppend(station: .functionChanges), Audit.append([change], at: time)]
        tellings[0].records.append(change.event(at: time))
        for telling in tellings { try await engine.open(telling.station, settings: nil) }
        try await engine.arrange(.exchange(exchange), telling: tellings)
        records.withLock { Self.take(change, &$0) }
    }

    private static func take(
        _ change: FunctionChange, _ records: inout [FunctionName: FunctionRecord]
    ) {
        guard let name = try? FunctionName(change.function) else { return }
        if let before = change.before.flatMap({ try? FunctionName($0) }) {
            records[name] = records[before]
            records[before] = nil
        }
        records[name, default: FunctionRecord()].take(change)
        // What was asked of a shadow ends with it.
        if change.change == .shadowDropped || change.change == .swapped,
            let shadow = try? name.shadow()
        {
            records[shadow] = nil
        }
    }

    /// All changes of a function, oldest first, those under its former names included.
    ///
    /// - Throws: `EngineError`.
    package func history(of name: FunctionName) async throws(EngineError) -> [FunctionChange] {
        var history: [FunctionChange] = []
        try await Self.forEach(in: engine) { history.append($0) }
        var names: Set<String> = [name.text]
        var own: [FunctionChange] = []
        for change in history.reversed() where names.contains(change.function) {
            own.append(change)
            if let before = change.before {
                // What the name stood for earlier was another function.
                names = [before]
            }
        }
        return own.reversed()
    }

    /// All that a function was ever called: events tell the name of their time.
    ///
    /// - Throws: `EngineError`.
    func names(of name: FunctionName) async throws(EngineError) -> Set<FunctionName> {
        var names: Set<FunctionName> = [name]
        for change in try await history(of: name) {
            for name in [change.function, change.before].compactMap(\.self) {
                if let name = try? FunctionName(name) { names.insert(name) }
            }
        }
        return names
    }

    /// The program of a version, as it was deployed.
    ///
    /// - Throws: `EngineError`; `corrupt` when its sources are not those that were recorded.
    package func program(
        of version: RecordedVersion, function: FunctionName
    ) async throws(EngineError) -> FunctionProgram {
        var libraries: [FunctionProgram.Library] = []
        for library in version.libraries {
            let source = try await source(library.source)
            libraries.append(.init(name: library.name, source: source))
        }
        let script = try await source(version.script)
        var limits = FunctionLimits()
        limits.emissions = version.limits.emissions
        limits.emissionBytes = version.limits.emissionBytes
        limits.outputBytes = version.limits.outputBytes
        limits.nesting = version.limits.nesting
        return FunctionProgram(
            function: function, file: version.file, source: script,
            libraries: libraries,
            inputs: (try? version.inputs.encoded()) ?? Array("{}".utf8),
            outputs: version.to.compactMap { try? StationName($0) }, limits: limits)
    }

    /// A script's or library's bytes.
    private func source(_ hash: String) async throws(EngineError) -> [UInt8] {
        let events = try await sources(of: hash)
        guard !events.isEmpty else {
            throw .corrupt("the source \(hash) is not in station '\(StationName.functionSources)'")
        }
        let bytes = events.records.withRecord(0) { Array($0.payload) }
        guard ContentHash(of: bytes).text == hash else {
            throw .corrupt("the source \(hash) is damaged")
        }
        return bytes
    }

    /// The source with this hash as it is stored: one event or none.
    private func sources(of hash: String) async throws(EngineError) -> StoredEvents {
        try await engine.read(
            key: Array(hash.utf8),
            from: StationCursor(station: .functionSources, partition: 0, offset: 0),
            bounds: ReadBounds(events: 1))
    }

    /// Keeps the sources that are not there yet. Workers that deploy the same files at once may
    /// store one several times, which does no harm. Their events have no ids: nats-server 2.9 may
    /// count a stream otherwise on one of its servers, for good, when one was killed that had
    /// recognised a repeated id (docs/distributed.md).
    private func keepSources(
        of functions: [DeployableFunction], at time: EventTime
    ) async throws(EngineError) {
        var sources: [String: [UInt8]] = [:]
        for function in functions {
            for source in [function.program.source] + function.program.libraries.map(\.source) {
                sources[ContentHash(of: source).text] = source
            }
        }
        guard !sources.isEmpty else { return }
        var append = StationAppend(station: .functionSources)
        try await engine.open(append.station, settings: nil)
        for (hash, source) in sources.sorted(by: { $0.key < $1.key }) {
            guard try await self.sources(of: hash).isEmpty else { continue }
            append.records.append(
                Event(
                    key: Array(hash.utf8), time: time, type: "text/x-lua", payload: source,
                    isJSON: false))
        }
        guard !append.records.isEmpty else { return }
        _ = try await engine.append(append)
    }

    static func forEach(
        in engine: any StationEngine, _ body: (FunctionChange) -> Void
    ) async throws(EngineError) {
        var cursor = StationCursor(station: .functionChanges, partition: 0, offset: 0)
        while true {
            let events: StoredEvents
            do throws(EngineError) {
                events = try await engine.read(cursor, bounds: ReadBounds())
            } catch {
                if case .stationNotFound = error { return }
                throw error
            }
            guard let last = events.offsets.last else { return }
            events.records.forEachRecord { _, record in
                if let change = FunctionChange(record.event) { body(change) }
            }
            cursor.offset = last + 1
        }
    }
}
