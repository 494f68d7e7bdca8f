import Foundation
import MoonrailCore

/// The functions directory: `*.lua` are functions, `lib/*.lua` what they may require.
package struct FunctionDirectory: Sendable {
    /// As given, and as messages name it.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// One script to deploy under one name.
    package struct Attachment: Hashable, Sendable {
        package let name: FunctionName
        /// Path of the script, as messages name it.
        package let file: String
        package let overrides: FunctionOverrides
    }

    /// What is in the directory, with what the configuration attaches from it.
    ///
    /// A file is a function of its own name, unless the configuration attaches it under others.
    ///
    /// - Returns: the attachments in the order of their names, and a sentence for each file whose
    ///   name is no function's.
    package func attachments(
        _ overrides: [FunctionName: FunctionOverrides]
    ) -> (attachments: [Attachment], problems: [String]) {
        var attachments: [FunctionName: Attachment] = [:]
        var problems: [String] = []
        for (name, override) in overrides {
            let script = override.script ?? name.text + ".lua"
            attachments[name] = Attachment(
                name: name, file: path + "/" + script, overrides: override)
        }
        let attached = Set(attachments.values.map(\.file))
        for file in scripts(in: path) where !attached.contains(path + "/" + file) {
            do {
                let name = try FunctionName(String(file.dropLast(4)))
                attachments[name] = Attachment(
                    name: name, file: path + "/" + file, overrides: FunctionOverrides())
            } catch {
                problems.append("\(path)/\(file): \(error)")
            }
        }
        return (attachments.values.sorted { $0.name < $1.name }, problems)
    }

    /// The libraries, in the order of their names.
    /// - Throws: `UnreadableFile`, `WrongEncoding`.
    package func libraries() throws -> [FunctionProgram.Library] {
        var libraries: [FunctionProgram.Library] = []
        for file in scripts(in: path + "/lib") {
            let source = try Self.source(path + "/lib/" + file)
            try ScriptEncoding.check(source, file: path + "/lib/" + file)
            libraries.append(.init(name: "lib." + file.dropLast(4), source: source))
        }
        return libraries
    }

    private static let testEnding = ".test.yaml"

    /// Where the tests of a function lie, if it has any.
    package func testFile(of function: FunctionName) -> String {
        path + "/" + function.text + Self.testEnding
    }

    /// The functions that have a file of tests, in the order of their names.
    package func tested() -> [FunctionName] {
        files(in: path, ending: Self.testEnding)
            .compactMap { try? FunctionName(String($0.dropLast(Self.testEnding.count))) }
    }

    /// A script's bytes.
    /// - Throws: `UnreadableFile` when it is missing, unreadable or over the bound.
    package static func source(_ file: String) throws(UnreadableFile) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UnreadableFile(description: "\(file): \(whyUnreadable(file))")
        }
        guard data.count <= FunctionLimits.sourceBytes else {
            throw UnreadableFile(
                description: "\(file): it has \(data.count) bytes; a script may have "
                    + "\(FunctionLimits.sourceBytes); put large tables into inputs, or split it "
                    + "into libraries")
        }
        return Array(data)
    }

    private static func whyUnreadable(_ file: String) -> String {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory) else {
            return "does not exist, or is a link to what does not"
        }
        return isDirectory.boolValue
            ? "is a directory; a function is a file, and what it requires lies in lib"
            : "can't be read; check its permissions"
    }

    private func scripts(in directory: String) -> [String] {
        files(in: directory, ending: ".lua")
    }

    private func files(in directory: String, ending: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return files.filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }.sorted()
    }
}

/// A file of the functions directory that can't be used, with the sentence to show.
package struct UnreadableFile: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}
