import Foundation
import MoonrailCore

/// Gives a function another name, with all that it has: its file, its positions, its dead letters
/// and its history.
struct FunctionRenaming: Sendable {
    let deployment: Deployment
    let registry: FunctionRegistry
    let now: @Sendable () -> EventTime

    /// - Throws: `DeploymentRefused` when it can't be renamed so.
    func check(_ name: FunctionName, to other: FunctionName) throws(DeploymentRefused) {
        func refused(_ why: String) -> DeploymentRefused { DeploymentRefused(description: why) }
        if name == other { throw refused("it is called '\(other)' already") }
        guard let record = registry.record(of: name), record.current != nil else {
            throw refused("function '\(name)' was never deployed; just rename its file")
        }
        for name in [name, other] where deployment.overrides[name] != nil {
            throw refused(
                "the configuration names function '\(name)'; change it there while no worker "
                    + "runs, then rename the function, then start the worker")
        }
        if registry.record(of: other)?.current != nil {
            throw refused(
                "function '\(other)' was deployed before and has positions of its own; choose "
                    + "another name")
        }
        if exists(script(name)) && exists(script(other)) {
            throw refused(
                "there is \(script(name)) and \(script(other)); remove the one that is not meant")
        }
        guard exists(script(name)) || exists(script(other)) else {
            throw refused("there is neither \(script(name)) nor \(script(other))")
        }
    }

    /// Renames what `check` let pass, while none of its lanes run. Blocks for as long as two files
    /// take to be renamed; when it is broken off then, the function is asked about again.
    ///
    /// - Throws: `EngineError`, `DeploymentRefused`.
    func perform(
        _ name: FunctionName, to other: FunctionName, for asker: Asker
    ) async throws {
        try move(script(name), to: script(other))
        try move(
            deployment.directory.testFile(of: name), to: deployment.directory.testFile(of: other))
        var version = registry.record(of: name)?.current
        version?.file = script(other)
        try await registry.rename(
            FunctionChange(
                .renamed, other, version: version, before: name, because: asker.because,
                by: asker.name, at: now()), at: now())
    }

    private func script(_ name: FunctionName) -> String {
        deployment.directory.path + "/" + name.text + ".lua"
    }

    private func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: file) }

    /// Renames a file that is there, unless the other is there, too.
    private func move(_ file: String, to other: String) throws(DeploymentRefused) {
        guard exists(file), !exists(other) else { return }
        do {
            try FileManager.default.moveItem(atPath: file, toPath: other)
        } catch {
            throw DeploymentRefused(
                description: "\(file) can't be renamed to \(other): "
                    + error.localizedDescription)
        }
    }
}
