import MoonrailCore

/// Which `memphis.yaml` belongs to which function.
extension FunctionFiles {
    /// The other script of an attachment's name, where there is one in either place.
    func rival(of attachment: FunctionDirectory.Attachment) -> String? {
        let stem = FunctionPlaces.stem(ofScript: directory.name(ofFile: attachment.file))
        let (top, own) = (FunctionPlaces.topScript(stem), FunctionPlaces.ownScript(stem))
        guard contents[top] != nil, contents[own] != nil else { return nil }
        return own
    }

    /// The name of the `memphis.yaml` that says, or may say, something of an attachment.
    ///
    /// The one at the top says by its `function_name` whose it is. One that does not may be
    /// anybody's: nothing at the top is deployed beside it, so that none comes to run without what
    /// it says.
    func manifestContent(of attachment: FunctionDirectory.Attachment) -> String? {
        let name = directory.name(ofFile: attachment.file)
        let stem = FunctionPlaces.stem(ofScript: name)
        guard name != FunctionPlaces.ownScript(stem) else {
            let own = FunctionPlaces.ownManifest(stem)
            return contents[own] == nil ? nil : own
        }
        guard let content = contents[FunctionPlaces.manifest] else { return nil }
        let owner = (try? content.bytes.get()).flatMap(Self.owner)
        return owner == nil || owner == String(stem) ? FunctionPlaces.manifest : nil
    }

    /// The manifest of an attachment; nil when it has none.
    ///
    /// - Throws: a sentence with file and line, when it can't be read or does not say what it must.
    func manifest(
        of attachment: FunctionDirectory.Attachment, _ read: Deployment.ManifestReader
    ) throws -> FunctionManifest? {
        if let rival = rival(of: attachment) {
            throw UnreadableFile(
                description:
                    "\(attachment.file): there is \(directory.path)/\(rival), too, and "
                    + "both are function '\(attachment.name)'; keep one of them")
        }
        guard let name = manifestContent(of: attachment), let content = contents[name] else {
            return nil
        }
        let file = directory.path + "/" + name
        let manifest = try read(try content.bytes.get(), file)
        let stem = FunctionPlaces.stem(ofScript: attachment.file)
        let isTop = name == FunctionPlaces.manifest
        guard let named = manifest.functionName else {
            if !isTop { return manifest }
            throw UnreadableFile(
                description:
                    "\(file):1: 'function_name' is missing; a file that lies beside "
                    + "several functions says by it whose it is, such as function_name: \(stem)")
        }
        guard named.text != stem else { return manifest }
        if isTop { return nil }
        throw UnreadableFile(
            description: "\(file)\(named.line.map { ":\($0)" } ?? ""): 'function_name' is "
                + "'\(named.text)'; it must be '\(stem)', as its directory and script are called")
    }

    /// A sentence when the `memphis.yaml` at the top is of a function that is not there.
    func strayManifest(_ read: Deployment.ManifestReader) -> String? {
        let file = directory.path + "/" + FunctionPlaces.manifest
        guard let content = contents[FunctionPlaces.manifest],
            let bytes = try? content.bytes.get(),
            let named = (try? read(bytes, file))?.functionName,
            contents[FunctionPlaces.topScript(named.text)] == nil
        else { return nil }
        let known = contents.keys.filter { FunctionPlaces.split($0).directory.isEmpty }
            .filter(FunctionPlaces.isScript).map { String(FunctionPlaces.stem(ofScript: $0)) }
        return
            "\(file)\(named.line.map { ":\($0)" } ?? ""): 'function_name' is '\(named.text)', and "
            + "there is no \(directory.path)/\(FunctionPlaces.topScript(named.text))"
            + suggestion(for: named.text, among: known)
    }

    /// Whose manifest this is by its line `function_name: celsius`, which may be told also of a
    /// file that is broken elsewhere; nil when it is not as plain as that.
    static func owner(_ bytes: [UInt8]) -> String? {
        guard let line = ownerLine(bytes) else { return nil }
        var value = line.dropFirst(ownerField.count)
        if let comment = value.range(of: " #") { value = value[..<comment.lowerBound] }
        let text = value.trimmingPrefix { $0 == " " || $0 == "\t" }
        let bare = String(text.reversed().drop { $0.isWhitespace }.reversed())
        let inner =
            bare.count > 1 && bare.first == bare.last && (bare.first == "\"" || bare.first == "'")
            ? String(bare.dropFirst().dropLast()) : bare
        return (try? FunctionName(inner))?.text
    }

    static let ownerField = "function_name:"

    private static func ownerLine(_ bytes: [UInt8]) -> Substring? {
        String(decoding: bytes, as: UTF8.self)
            .split(whereSeparator: \.isNewline).first { $0.hasPrefix(ownerField) }
    }
}
