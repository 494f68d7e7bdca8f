import FoundationEssentials

/// Where the executables are that the package builds beside its tests.
package enum BuiltExecutables {
    /// The function host: what `MOONRAIL_FUNCTION_HOST` says, else beside the test's executable.
    package static var functionHost: String {
        path(of: "function-host", variable: "MOONRAIL_FUNCTION_HOST")
    }

    /// The function host that decodes documents in the way its name says: what
    /// `MOONRAIL_DOCUMENT_HOST` says, else beside the test's executable.
    package static var documentHost: String {
        path(of: "document-host", variable: "MOONRAIL_DOCUMENT_HOST")
    }

    /// The command line tool: what `MOONRAIL` says, else beside the test's executable.
    package static var moonrail: String {
        path(of: "moonrail", variable: "MOONRAIL")
    }

    private static func path(of name: String, variable: String) -> String {
        if let given = ProcessInfo.processInfo.environment[variable] { return given }
        let bundle = CommandLine.arguments[0]
        let folder = bundle.lastIndex(of: "/").map { String(bundle[...$0]) } ?? "./"
        // Commands may run in another directory than the tests.
        return folder.hasPrefix("/")
            ? folder + name : FileManager.default.currentDirectoryPath + "/" + folder + name
    }
}
