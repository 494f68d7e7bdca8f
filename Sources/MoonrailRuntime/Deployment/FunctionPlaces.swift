import MoonrailCore

/// Where the files of functions lie, by their names relative to the functions directory.
///
/// A function lies at the top, `celsius.lua` with `celsius.test.yaml`, or in a directory of its
/// own, `celsius/celsius.lua` with `celsius/celsius.test.yaml`. `memphis.yaml` lies beside it.
enum FunctionPlaces {
    static let scriptEnding = ".lua"
    static let testEnding = ".test.yaml"
    static let manifest = "memphis.yaml"
    static let library = "lib"

    /// The script at the top, or in the function's own directory.
    static func topScript(_ stem: some StringProtocol) -> String { stem + scriptEnding }
    static func ownScript(_ stem: some StringProtocol) -> String {
        "\(stem)/\(stem)\(scriptEnding)"
    }

    static func topTests(_ stem: some StringProtocol) -> String { stem + testEnding }
    static func ownTests(_ stem: some StringProtocol) -> String { "\(stem)/\(stem)\(testEnding)" }

    static func ownManifest(_ stem: some StringProtocol) -> String { "\(stem)/\(manifest)" }

    /// Every place of a script of this name, and of what is said of it.
    static func all(of stem: String) -> [String] {
        [topScript(stem), manifest, ownScript(stem), ownManifest(stem)]
    }

    /// The directory and the last part of a name.
    static func split(_ name: String) -> (directory: Substring, base: Substring) {
        guard let slash = name.lastIndex(of: "/") else { return ("", name[...]) }
        return (name[..<slash], name[name.index(after: slash)...])
    }

    /// What a script is called without its ending.
    static func stem(ofScript name: String) -> Substring {
        split(name).base.dropLast(scriptEnding.count)
    }

    /// Whether a file of this name is a function's script.
    static func isScript(_ name: String) -> Bool {
        guard name.hasSuffix(scriptEnding) else { return false }
        let (directory, base) = split(name)
        return directory.isEmpty
            || (base.dropLast(scriptEnding.count) == directory
                && isOwnDirectory(directory))
    }

    /// Whether a file of this name belongs to a function.
    static func isRelevant(_ name: String) -> Bool {
        let (directory, base) = split(name)
        guard !base.hasPrefix(".") else { return false }
        switch String(directory) {
        case "":
            return base.hasSuffix(scriptEnding) || base.hasSuffix(testEnding) || base == manifest
        case library:
            return base.hasSuffix(scriptEnding)
        default:
            return isOwnDirectory(directory)
                && (base == manifest || name == ownScript(directory) || name == ownTests(directory))
        }
    }

    /// Whether an entry of the functions directory may be a function's own directory.
    static func isOwnDirectory(_ entry: some StringProtocol) -> Bool {
        !entry.hasPrefix(".") && entry != library && !entry.contains("/")
            && !entry.hasSuffix(scriptEnding) && !entry.hasSuffix(".yaml")
    }
}
