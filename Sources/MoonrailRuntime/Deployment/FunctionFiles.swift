import MoonrailCore

/// What a functions directory holds at one moment.
package struct FunctionFiles: Sendable {
    /// What was in one file.
    struct Content: Hashable, Sendable {
        let bytes: Result<[UInt8], UnreadableFile>
        let hash: ContentHash

        init(_ bytes: Result<[UInt8], UnreadableFile>) {
            self.bytes = bytes
            switch bytes {
            case .success(let bytes): hash = ContentHash(of: bytes)
            case .failure(let failure): hash = ContentHash(of: Array(failure.description.utf8))
            }
        }
    }

    let directory: FunctionDirectory
    /// By their names relative to the directory: `celsius.lua`, `lib/units.lua`.
    private(set) var contents: [String: Content] = [:]

    init(_ directory: FunctionDirectory) {
        self.directory = directory
    }

    /// - Parameter content: nil when the file is gone.
    mutating func set(_ name: String, _ content: Content?) {
        contents[name] = content
    }

    /// The scripts to deploy, with what the configuration attaches.
    ///
    /// - Returns: the attachments in the order of their names, and a sentence for each file whose
    ///   name is no function's.
    func attachments(
        _ overrides: [FunctionName: FunctionOverrides]
    ) -> (attachments: [FunctionDirectory.Attachment], problems: [String]) {
        directory.attachments(overrides, files: Set(contents.keys))
    }

    /// The script of an attachment.
    /// - Throws: `UnreadableFile` when it is missing, unreadable or over the bound.
    func source(
        of attachment: FunctionDirectory.Attachment
    ) throws(UnreadableFile) -> [UInt8] {
        guard let content = contents[directory.name(ofFile: attachment.file)] else {
            throw UnreadableFile(description: "\(attachment.file): does not exist")
        }
        return try content.bytes.get()
    }

    /// The libraries, in the order of their names.
    /// - Throws: `UnreadableFile`, `WrongEncoding`.
    package func libraries() throws -> [FunctionProgram.Library] {
        var libraries: [FunctionProgram.Library] = []
        for (name, content) in libraryContents {
            let source = try content.bytes.get()
            try ScriptEncoding.check(source, file: directory.path + "/" + name)
            let base = name.dropFirst(Self.libraryPrefix.count).dropLast(4)
            libraries.append(.init(name: "lib." + base, source: source))
        }
        return libraries
    }

    /// What tells this state of an attachment's files from another.
    func fingerprint(of attachment: FunctionDirectory.Attachment) -> FunctionFingerprint {
        var libraries: [UInt8] = []
        for (name, content) in libraryContents {
            libraries.appendText(name)
            libraries.appendText(content.hash.text)
        }
        let (name, function) = (directory.name(ofFile: attachment.file), attachment.name.text)
        let manifest = manifestContent(of: attachment).map { contents[$0]?.hash.text ?? "" }
        let tests =
            contents[FunctionPlaces.ownTests(function)]
            ?? contents[FunctionPlaces.topTests(function)]
        return FunctionFingerprint(
            script: contents[name]?.hash, libraries: ContentHash(of: libraries),
            manifest: rival(of: attachment).map { ContentHash(of: Array($0.utf8)).text }
                ?? manifest,
            tests: tests?.hash, place: name)
    }

    private var libraryContents: [(key: String, value: Content)] {
        contents.filter { $0.key.hasPrefix(Self.libraryPrefix) }.sorted { $0.key < $1.key }
    }

    static let libraryPrefix = FunctionPlaces.library + "/"
}

/// What tells one state of a function's files from another.
package struct FunctionFingerprint: Hashable, Sendable {
    /// Of its script; nil when there is none.
    package var script: ContentHash?
    /// Of all libraries with their names.
    package var libraries: ContentHash
    /// Of its `memphis.yaml`; nil when it has none.
    package var manifest: String?
    /// Of its tests; nil when it has none.
    package var tests: ContentHash?
    /// Where its script lies.
    package var place: String

    package init(
        script: ContentHash?, libraries: ContentHash, manifest: String? = nil,
        tests: ContentHash? = nil, place: String = ""
    ) {
        self.script = script
        self.libraries = libraries
        self.manifest = manifest
        self.tests = tests
        self.place = place
    }

    /// What is deployed: as two or three words, without the tests.
    package var content: String {
        "\(script?.text ?? "-") \(libraries.text)" + (manifest.map { " " + $0 } ?? "")
    }
}
