import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// Loads functions as a worker does, and looks for mistakes in those that load.
struct FunctionCheckRun: Sendable {
    private let settings: Settings
    private let directory: FunctionDirectory
    private let deployment: Deployment

    init(settings: Settings) {
        let logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        self.settings = settings
        directory = FunctionDirectory(path: settings.functionsDirectory)
        deployment = Composition(settings: settings, logger: logger).deployment()
    }

    /// All functions, the libraries that they may use, and files whose name is no function's.
    func all() async throws -> [FunctionVerdict] {
        let (functions, problems) = await deployment.examine()
        var verdicts = try await verdicts(of: functions)
        // A library that can't be read has broken the functions already.
        for library in (try? directory.libraries()) ?? [] {
            let findings = ScriptLint.findings(inLibrary: library.source)
            guard !findings.isEmpty else { continue }
            let name = library.name.replacing(".", with: "/")
            let file = "\(directory.path)/\(name).lua"
            var verdict = FunctionVerdict(file: file, reason: nil)
            verdict.findings = findings.map { .init($0, in: file) }
            verdicts.append(verdict)
        }
        return verdicts + problems.map { FunctionVerdict(file: "", reason: $0) }
    }

    /// - Parameter names: of functions; or of files, which end in `.lua`.
    /// - Throws: `CommandFailure` for what does not exist.
    func each(of names: [String]) async throws -> [FunctionVerdict] {
        var verdicts: [FunctionVerdict] = []
        for name in names {
            if let examined = try await examined(name) {
                verdicts += try await self.verdicts(of: [examined])
            } else {
                verdicts.append(
                    FunctionVerdict(
                        file: name,
                        reason: "\(name): its name is no function's; name it such as celsius.lua"))
            }
        }
        return verdicts
    }

    private func examined(_ name: String) async throws -> Deployment.Examined? {
        if name.contains("/") || name.hasSuffix(".lua") {
            guard FileCheck.exists(name) else {
                throw CommandFailure(.notFound, "there is no file \(name)")
            }
            return await deployment.examine(file: name)
        }
        if let examined = await deployment.examine(name: try Names.function(name)) {
            return examined
        }
        throw CommandFailure(
            .notFound,
            "there is no function '\(name)' in \(directory.path)"
                + suggestion(for: name, among: directory.names(settings.functions)))
    }

    private func verdicts(
        of functions: [Deployment.Examined]
    ) async throws -> [FunctionVerdict] {
        let stations = await KnownStations.load(settings, deployment)
        return functions.map { examined in
            var verdict = FunctionVerdict(examined.status)
            guard case .deployable(let function) = examined else { return verdict }
            let findings =
                ScriptLint.findings(
                    in: function.program.source, outputs: function.definition.to)
                + (stations?.findings(of: function) ?? [])
            verdict.findings = findings.sorted { $0.line < $1.line }
                .map { .init($0, in: function.definition.file) }
            return verdict
        }
    }
}

extension FunctionDirectory {
    /// The names of all functions.
    func names(_ overrides: [FunctionName: FunctionOverrides]) -> [String] {
        attachments(overrides).attachments.map(\.name.text)
    }
}
