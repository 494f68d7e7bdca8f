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
        let (old, new) = (scripts(name), scripts(other))
        if let first = old.first, let second = new.first ?? old.dropFirst().first {
            throw refused("there is \(first) and \(second); remove the one that is not meant")
        }
        if old == [path(FunctionPlaces.ownScript(name.text))], exists(path(other.text)) {
            throw refused("there is \(path(other.text)) already; move it away first")
        }
        guard !old.isEmpty || !new.isEmpty || exists(half(name, other)) else {
            throw refused(
                "there is neither \(path(FunctionPlaces.topScript(name.text))) nor "
                    + path(FunctionPlaces.topScript(other.text)))
        }
    }

    /// Renames what `check` let pass, while none of its lanes run. Blocks for as long as a few
    /// files take to be renamed; when it is broken off then, the function is asked about again.
    ///
    /// - Throws: `EngineError`, `DeploymentRefused`.
    func perform(
        _ name: FunctionName, to other: FunctionName, for asker: Asker
    ) async throws {
        let (old, new) = (name.text, other.text)
        let rollback = registry.record(of: name)?.rollback
        let files = deployment.content(of: name) ?? deployment.content(of: other)
        let holds = rollback != nil && rollback?.insteadOf == files
        if exists(path(FunctionPlaces.ownScript(old))) { try move(old, to: new) }
        try move("\(new)/\(FunctionPlaces.topTests(old))", to: FunctionPlaces.ownTests(new))
        try move("\(new)/\(FunctionPlaces.topScript(old))", to: FunctionPlaces.ownScript(new))
        try move(FunctionPlaces.topScript(old), to: FunctionPlaces.topScript(new))
        try move(FunctionPlaces.topTests(old), to: FunctionPlaces.topTests(new))
        for manifest in [FunctionPlaces.manifest, FunctionPlaces.ownManifest(new)] {
            try rename(old, to: new, in: path(manifest))
        }
        var version = registry.record(of: name)?.current
        version?.file = scripts(other).first ?? path(FunctionPlaces.topScript(new))
        try await registry.rename(
            FunctionChange(
                .renamed, other, version: version,
                insteadOf: holds ? deployment.content(of: other) : nil, before: name,
                because: asker.because, by: asker, at: now()), at: now())
    }

    private func scripts(_ name: FunctionName) -> [String] {
        deployment.directory.scripts(of: name)
    }

    /// Where the script lies when only its directory has the new name yet.
    private func half(_ name: FunctionName, _ other: FunctionName) -> String {
        path("\(other.text)/\(FunctionPlaces.topScript(name.text))")
    }

    private func path(_ name: String) -> String { deployment.directory.path + "/" + name }

    private func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: file) }

    /// Renames what is there, unless the other is there, too.
    private func move(_ name: String, to other: String) throws(DeploymentRefused) {
        let (file, other) = (path(name), path(other))
        guard exists(file), !exists(other) else { return }
        do {
            try FileManager.default.moveItem(atPath: file, toPath: other)
        } catch {
            throw DeploymentRefused(
                description: "\(file) can't be renamed to \(other): "
                    + error.localizedDescription)
        }
    }

    /// Has a manifest name its function as it is called from now on, if it names it.
    private func rename(
        _ name: String, to other: String, in manifest: String
    ) throws(DeploymentRefused) {
        guard let data = FileManager.default.contents(atPath: manifest),
            FunctionFiles.owner(Array(data)) == name
        else { return }
        var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        for (number, line) in lines.enumerated() where line.hasPrefix(FunctionFiles.ownerField) {
            let value = line.dropFirst(FunctionFiles.ownerField.count)
            guard let range = value.range(of: name) else { continue }
            lines[number].replaceSubrange(range, with: other)
            break
        }
        do {
            try Data(lines.joined(separator: "\n").utf8)
                .write(to: URL(fileURLWithPath: manifest), options: .atomic)
        } catch {
            throw DeploymentRefused(
                description: "\(manifest) can't be changed to name '\(other)': "
                    + error.localizedDescription)
        }
    }
}
