import Foundation
import Logging
import MoonrailCore
import MoonrailEmbedded
import MoonrailRuntime
import MoonrailSandbox
import MoonrailTestSupport
import ServiceLifecycle

/// A worker over a real store and real hosts, with functions written for one test.
struct TestLine {
    let directory: URL
    let engine: EmbeddedEngine
    let hosts = RecordingHosts()
    private let overrides: [FunctionName: FunctionOverrides]
    private let limits: FunctionLimits
    private let settings: Worker.Settings
    private let readTests: Deployment.TestReader
    private let readManifest: Deployment.ManifestReader

    /// - Parameter functions: names and sources of scripts.
    init(
        _ functions: [String: String], overrides: [FunctionName: FunctionOverrides] = [:],
        limits: FunctionLimits = FunctionLimits(), settings: Worker.Settings = .init(),
        readTests: @escaping Deployment.TestReader = { _ in [] },
        readManifest: @escaping Deployment.ManifestReader = { FunctionManifest(file: $1) }
    ) throws {
        self.readTests = readTests
        self.readManifest = readManifest
        directory = try TemporaryDirectory.make("worker")
        self.overrides = overrides
        self.limits = limits
        self.settings = settings
        engine = try EmbeddedEngine(directory: directory.appendingPathComponent("data").path)
        for (name, source) in functions { try write(name, source) }
    }

    /// Writes the script of a function, or replaces it.
    func write(_ function: String, _ source: String) throws {
        let file = directory.appendingPathComponent("functions/\(function).lua")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try source.write(to: file, atomically: true, encoding: .utf8)
    }

    /// Calls `body` with a line and removes it afterwards.
    static func with(
        _ functions: [String: String], overrides: [FunctionName: FunctionOverrides] = [:],
        limits: FunctionLimits = FunctionLimits(), settings: Worker.Settings = .init(),
        readTests: @escaping Deployment.TestReader = { _ in [] },
        readManifest: @escaping Deployment.ManifestReader = { FunctionManifest(file: $1) },
        _ body: (TestLine) async throws -> Void
    ) async throws {
        let line = try TestLine(
            functions, overrides: overrides, limits: limits, settings: settings,
            readTests: readTests, readManifest: readManifest)
        defer { try? FileManager.default.removeItem(at: line.directory) }
        try await body(line)
        await line.engine.close()
    }

    func deployment() -> Deployment {
        Deployment(
            directory: FunctionDirectory(
                path: directory.appendingPathComponent("functions").path),
            overrides: overrides, limits: limits, hosts: hosts, readTests: readTests,
            readManifest: readManifest)
    }

    func worker(
        _ clock: ManualClock? = nil, ownership: any LaneOwnership = SoleOwner()
    ) -> Worker {
        guard let clock else {
            return Worker(
                engine: engine, ownership: ownership, deployment: deployment(), hosts: hosts,
                settings: settings, logger: Self.logger, now: { .now })
        }
        return Worker(
            engine: engine, deployment: deployment(), hosts: hosts, settings: settings,
            logger: Self.logger, now: { clock.time() }, clock: clock)
    }

    /// Dead letters, worked on while no worker runs.
    var deadLetters: DeadLetters {
        DeadLetters(engine: engine, operators: idleLanes)
    }

    var idleLanes: IdleLanes {
        IdleLanes(
            engine: engine, deployment: deployment(), hosts: hosts, logger: Self.logger,
            now: { .now })
    }

    /// Runs `body` beside a worker, which is stopped afterwards.
    ///
    /// - Parameter clock: what it goes by; nil: the machine's.
    func whileRunning(
        _ clock: ManualClock? = nil, _ body: (Worker) async throws -> Void
    ) async throws {
        try await whileRunning(worker(clock), body)
    }

    /// Runs `body` beside this worker, which is stopped afterwards.
    func whileRunning(
        _ worker: Worker, _ body: (Worker) async throws -> Void
    ) async throws {
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: worker)], logger: Self.logger))
        async let running: Void = group.run()
        do {
            try await body(worker)
        } catch {
            await group.triggerGracefulShutdown()
            try await running
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running
    }

    /// Runs a worker until it has caught up, and answers how its functions then stand.
    @discardableResult
    func runUntilIdle() async throws -> [FunctionStatus] {
        let worker = worker()
        try await run(worker)
        return await worker.overview.functions()
    }

    /// Runs a worker until it has caught up.
    func run(_ worker: Worker) async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: worker),
                    .init(
                        service: worker.untilIdle,
                        successTerminationBehavior: .gracefullyShutdownGroup),
                ], logger: Self.logger))
        try await group.run()
    }

    /// Appends one event for each payload.
    func produce(_ station: String, _ payloads: [String], key: String? = nil) async throws {
        let name = try StationName(station)
        try await engine.open(name, settings: nil)
        var append = StationAppend(station: name)
        for payload in payloads {
            append.records.append(
                Event(key: key.map { Array($0.utf8) }, time: .now, payload: Array(payload.utf8)))
        }
        _ = try await engine.append(append)
    }

    /// All events of a station's partition.
    func events(_ station: String, partition: UInt32 = 0) async throws -> [Event] {
        var events: [Event] = []
        var cursor = StationCursor(
            station: try StationName(station), partition: partition, offset: 0)
        while true {
            let batch = try await engine.read(cursor, bounds: ReadBounds())
            guard let last = batch.offsets.last else { return events }
            batch.records.forEachRecord { _, record in events.append(record.event) }
            cursor.offset = last + 1
        }
    }

    func payloads(_ station: String) async throws -> [String] {
        try await events(station).map { String(decoding: $0.payload, as: UTF8.self) }
    }

    /// Appends one event with a key for each pair.
    func produce(_ station: String, keyed events: [(key: String, payload: String)]) async throws {
        let name = try StationName(station)
        try await engine.open(name, settings: nil)
        var append = StationAppend(station: name)
        for (key, payload) in events {
            append.records.append(
                Event(key: Array(key.utf8), time: .now, payload: Array(payload.utf8)))
        }
        _ = try await engine.append(append)
    }

    func counts(_ function: String) async throws -> LaneCounts {
        var counts = LaneCounts()
        for lane in try await engine.lanes() where lane.lane.function.text == function {
            counts += lane.counts
        }
        return counts
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension Event {
    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
