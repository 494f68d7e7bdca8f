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
        let stations = await KnownStations.load(settings) { functions }
        return functions.map { verdict(of: $0, stations) } + libraries()
            + problems.map { FunctionVerdict(file: "", reason: $0) }
    }

    /// Of each library in which there is something to find.
    private func libraries() -> [FunctionVerdict] {
        // One that can't be read has broken the functions already.
        let libraries = (try? directory.files([:]).libraries()) ?? []
        let globals = libraries.globals
        return libraries.compactMap { library in
            let findings = ScriptLint.findings(inLibrary: library.source, globals: globals)
            guard !findings.isEmpty else { return nil }
            let file = "\(directory.path)/\(library.name.replacing(".", with: "/")).lua"
            var verdict = FunctionVerdict(file: file, reason: nil)
            verdict.findings = findings.map { .init($0, in: file) }
            return verdict
        }
    }

    /// - Parameter names: of functions; or of files, which end in `.lua`.
    /// - Throws: `CommandFailure` for what does not exist.
    func each(of names: [String]) async throws -> [FunctionVerdict] {
        var verdicts: [FunctionVerdict] = []
        let stations = await KnownStations.load(settings) { await deployment.examine().functions }
        for name in names {
            if let examined = try await examined(name) {
                verdicts.append(verdict(of: examined, stations))
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

    private func verdict(
        of examined: Deployment.Examined, _ stations: KnownStations?
    ) -> FunctionVerdict {
        var verdict = FunctionVerdict(examined.status)
        guard case .deployable(let function) = examined else { return verdict }
        let findings =
            ScriptLint.findings(
                in: function.program.source, outputs: function.definition.to,
                globals: function.program.libraries.globals)
            + (stations?.findings(of: function) ?? [])
        verdict.findings =
            findings.sorted { $0.line < $1.line }
            .map { .init($0, in: function.definition.file) } + function.notices.map { .init($0) }
        return verdict
    }
}

extension [FunctionProgram.Library] {
    /// What they assign as globals, which functions that require them then find.
    fileprivate var globals: Set<String> {
        reduce(into: []) { $0.formUnion(ScriptLint.globals(assignedBy: $1.source)) }
    }
}

extension FunctionDirectory {
    /// The names of all functions.
    func names(_ overrides: [FunctionName: FunctionOverrides]) -> [String] {
        attachments(overrides).attachments.map(\.name.text)
    }
}
