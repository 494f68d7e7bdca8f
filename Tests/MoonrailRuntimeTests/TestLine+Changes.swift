import Foundation
import MoonrailCore
import MoonrailRuntime
import Synchronization
import Testing

/// Changing a line's functions while its worker runs, and waiting for what follows.
extension TestLine {
    private static let patience = Duration.seconds(240)
    private static let glance = Duration.milliseconds(5)

    func remove(_ function: String) throws {
        try FileManager.default.removeItem(at: file(of: function))
    }

    func move(_ function: String, to other: String) throws {
        try FileManager.default.moveItem(at: file(of: function), to: file(of: other))
    }

    /// Writes a file of the functions directory as a whole, and the directory that it lies in.
    func save(_ name: String, _ text: String) throws {
        let file = directory.appendingPathComponent("functions/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    /// Writes the file of a function's tests.
    func writeTests(_ function: String, _ text: String) throws {
        try text.write(
            to: directory.appendingPathComponent("functions/\(function).test.yaml"),
            atomically: true, encoding: .utf8)
    }

    /// What is in the functions directory, in order.
    var files: [String] {
        let folder = directory.appendingPathComponent("functions").path
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// What people ask while no worker runs.
    var idleDeployments: IdleDeployments {
        IdleDeployments(
            engine: engine, deployment: deployment(), lanes: idleLanes, logger: Self.logger,
            now: { .now })
    }

    private func file(of function: String) -> URL {
        directory.appendingPathComponent("functions/\(function).lua")
    }

    /// Waits until a function stands as it should.
    @discardableResult
    func wait(
        _ worker: Worker, for function: FunctionName,
        until isSo: (FunctionStatus) -> Bool
    ) async throws -> FunctionStatus {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let status = await worker.overview.functions().first { $0.name == function }
            if let status, isSo(status) { return status }
            try #require(
                ContinuousClock.now < deadline,
                "it never came to be: \(status.map { "\($0)" } ?? "no \(function)")")
            try await Task.sleep(for: Self.glance)
        }
    }

    /// Waits until the worker shows these functions and no others.
    func waitForFunctions(_ names: [FunctionName], _ worker: Worker) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while await worker.overview.functions().map(\.name) != names {
            try #require(ContinuousClock.now < deadline, "there never were just \(names)")
            try await Task.sleep(for: Self.glance)
        }
    }

    /// Waits until the version runs whose source has this text between quotes.
    func waitForVersion(
        of function: FunctionName, stamping stamp: String, _ worker: Worker
    ) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            if let version = await worker.overview.functions()
                .first(where: { $0.name == function })?.version,
                try await source(of: version, of: function).contains("\"\(stamp)\"")
            {
                return
            }
            try #require(ContinuousClock.now < deadline, "'\(stamp)' never ran")
            try await Task.sleep(for: Self.glance)
        }
    }

    private func source(of version: FunctionVersion, of function: FunctionName) async throws
        -> String
    {
        let registry = try await FunctionRegistry(engine)
        let recorded = try await registry.version(of: function, version.text)
        let program = try await registry.program(of: recorded, function: function)
        return String(decoding: program.source, as: UTF8.self)
    }

    /// What the events of station `b` say in `by`, in order.
    func stamps() async throws -> [String] {
        try await payloads("b").map { payload in
            guard case .object(let fields) = try JSONValue(parsing: Array(payload.utf8)),
                case .string(let stamp) = fields["by"]
            else { return payload }
            return stamp
        }
    }

    /// Waits until a station has so many events, over all of its partitions.
    func waitForPayloads(_ station: StationName, count: UInt64) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while ((try? await engine.describe(station).events) ?? 0) < count {
            try #require(ContinuousClock.now < deadline, "\(station) never had \(count) events")
            try await Task.sleep(for: Self.glance)
        }
    }
}

/// Tests beside a function that fail from a moment on.
final class TestSwitch: Sendable {
    private let isFailing = Mutex(false)

    func fails() { isFailing.withLock { $0 = true } }

    var tests: [FunctionTest] {
        guard isFailing.withLock({ $0 }) else { return [] }
        let event = Event(time: FunctionTest.Given.time, payload: Array(#"{"n":1}"#.utf8))
        return [
            FunctionTest(
                name: "two", line: 7, events: [.init(event: event)],
                expected: .init(emissions: [:]))
        ]
    }
}

/// Tells a task to end.
final class StopFlag: Sendable {
    private let state = Mutex(false)

    func raise() { state.withLock { $0 = true } }
    var isRaised: Bool { state.withLock { $0 } }
}
