import MoonrailCore

/// A version of a function as the registry keeps it: what its results depend on, the sources by
/// their hashes, and where it stood between which stations.
package struct RecordedVersion: Codable, Hashable, Sendable {
    /// 64 hexadecimal digits.
    package var version: String
    /// As messages name it: `functions/celsius.lua`.
    package var file: String
    /// SHA-256 of the script; its bytes are in `moonrail.sources` under this key.
    package var script: String
    package var libraries: [Library]
    package var inputs: JSONValue
    package var from: [String]
    package var to: [String]
    package var limits: Limits
    /// What its `memphis.yaml` said besides the inputs; nil when it had none.
    package var manifest: Manifest?

    /// What a `memphis.yaml` says that results do not depend on.
    package struct Manifest: Codable, Hashable, Sendable {
        package var description: String?
        package var tags: [String]
        /// Memory that it asks for.
        package var memoryBytes: UInt64?

        enum CodingKeys: String, CodingKey {
            case description, tags
            case memoryBytes = "memory_bytes"
        }

        init(_ manifest: FunctionManifest) {
            description = manifest.description
            tags = manifest.tags
            memoryBytes = manifest.memory?.bytes
        }

        func manifest(file: String) -> FunctionManifest {
            var manifest = FunctionManifest(file: file)
            manifest.description = description
            manifest.tags = tags
            manifest.memory = memoryBytes.map { .init(bytes: $0) }
            return manifest
        }
    }

    /// A file of `functions/lib/`.
    package struct Library: Codable, Hashable, Sendable {
        /// As `require` names it: `lib.units`.
        package var name: String
        /// SHA-256 of its source.
        package var source: String
    }

    /// The limits that change results.
    package struct Limits: Codable, Hashable, Sendable {
        package var emissions: UInt32
        package var emissionBytes: UInt32
        package var outputBytes: UInt32
        package var nesting: UInt32

        enum CodingKeys: String, CodingKey {
            case emissions, nesting
            case emissionBytes = "emission_bytes"
            case outputBytes = "output_bytes"
        }
    }

    init(_ function: DeployableFunction) {
        let (definition, program) = (function.definition, function.program)
        version = function.version.text
        file = definition.file
        script = ContentHash(of: program.source).text
        libraries = program.libraries.map {
            Library(name: $0.name, source: ContentHash(of: $0.source).text)
        }
        inputs = definition.inputs
        from = definition.from.map(\.text)
        to = definition.to.map(\.text)
        limits = Limits(
            emissions: program.limits.emissions, emissionBytes: program.limits.emissionBytes,
            outputBytes: program.limits.outputBytes, nesting: program.limits.nesting)
        manifest = function.manifest.map(Manifest.init)
    }

    /// The first seven digits.
    package var short: String { String(version.prefix(7)) }
}
