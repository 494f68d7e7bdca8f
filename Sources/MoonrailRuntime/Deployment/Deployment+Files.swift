import MoonrailCore

/// Single functions, from the directory, from elsewhere, or given.
extension Deployment {
    /// The scripts of `files` to deploy, with what the configuration attaches.
    ///
    /// - Returns: the attachments in the order of their names, and a sentence for each file that
    ///   can't be any function's.
    func attachments(
        of files: FunctionFiles
    ) -> (attachments: [FunctionDirectory.Attachment], problems: [String]) {
        var (attachments, problems) = files.attachments(overrides)
        if let stray = files.strayManifest(readManifest) { problems.append(stray) }
        return (attachments, problems)
    }

    /// Examines the function of this name; nil when neither the directory nor the configuration has
    /// one.
    package func examine(name: FunctionName) async -> Examined? {
        let files = directory.files(overrides)
        guard let attachment = attachment(name, of: files) else { return nil }
        return await examine([attachment], of: files).first
    }

    /// Examines one script, which need not be in the directory, under the name of its file.
    package func examine(file: String) async -> Examined? {
        let (folder, base) = FunctionPlaces.split(file)
        guard base.hasSuffix(FunctionPlaces.scriptEnding) else { return nil }
        let stem = String(FunctionPlaces.stem(ofScript: file))
        guard let name = try? FunctionName(stem) else { return nil }
        let attachment = FunctionDirectory.Attachment(
            name: name, file: file, overrides: overrides[name] ?? FunctionOverrides())
        // Its manifest lies where it would if the script's directory were the functions directory,
        // or the script's own.
        let (home, last) = FunctionPlaces.split(String(folder))
        var files = FunctionFiles(
            FunctionDirectory(
                path: last == stem ? (home.isEmpty ? "." : String(home)) : String(folder)))
        let inside = FunctionDirectory.Attachment(
            name: name,
            file: files.directory.path + "/"
                + (last == stem
                    ? FunctionPlaces.ownScript(stem) : FunctionPlaces.topScript(stem)),
            overrides: attachment.overrides)
        for name in FunctionPlaces.all(of: stem) { files.set(name, files.directory.content(name)) }
        return await examine(attachment) {
            try FunctionDirectory.source(file)
        } manifest: {
            try files.manifest(of: inside, readManifest)
        }
    }

    /// Examines a script that is given, as if it were the file of the function `name`.
    package func examine(name: FunctionName, file: String, source: [UInt8]) async -> Examined {
        let files = directory.files(overrides)
        let present = attachment(name, of: files)
        return await examine(
            .init(name: name, file: file, overrides: overrides[name] ?? FunctionOverrides())
        ) {
            source
        } manifest: {
            try present.flatMap { try files.manifest(of: $0, readManifest) }
        }
    }

    private func attachment(
        _ name: FunctionName, of files: FunctionFiles
    ) -> FunctionDirectory.Attachment? {
        files.attachments(overrides).attachments.first { $0.name == name }
    }

    private func examine(
        _ attachment: FunctionDirectory.Attachment, source: () throws -> [UInt8],
        manifest: () throws -> FunctionManifest?
    ) async -> Examined {
        var examiner = ScriptExaminer(hosts: hosts)
        let examined = await examine(attachment, &examiner) {
            (try source(), try directory.files(overrides).libraries(), try manifest())
        }
        await examiner.stop()
        return examined
    }
}
