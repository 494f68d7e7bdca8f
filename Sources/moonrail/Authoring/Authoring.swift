import FoundationEssentials
import MoonrailCore
import MoonrailRuntime

/// Writes what somebody who writes functions begins with.
struct Authoring {
    private let directory: FunctionDirectory
    private let path: String

    init(_ functionsDirectory: String) {
        path = functionsDirectory
        directory = FunctionDirectory(path: functionsDirectory)
    }

    /// Files as they were found or made.
    struct Written: Encodable, Sendable {
        var created: [String] = []
        /// They were there, and stay as they are.
        var kept: [String] = []

        func text(of name: FunctionName, _ template: FunctionTemplate) -> String {
            var text = created.map { "wrote \($0)\n" }.joined()
            text += kept.map { "kept  \($0)\n" }.joined()
            return text + """

                Next: write what it does, and try it.
                  moonrail function test \(name)
                  moonrail function check \(name)
                  moonrail produce \(template.from) events.ndjson
                  moonrail run --until-idle
                  moonrail read \(template.to)

                """
        }
    }

    /// - Throws: `CommandFailure`: `conflict` when the function or its tests are there, and then
    ///   nothing is written.
    func begin(
        _ name: FunctionName, _ template: FunctionTemplate
    ) throws(CommandFailure) -> Written {
        let script = NewFile(path: "\(path)/\(name).lua", text: template.script)
        let tests = NewFile(path: directory.testFile(of: name), text: template.tests)
        for file in [script.path, tests.path] + directory.scripts(of: name)
        where FileCheck.exists(file) {
            throw CommandFailure(.conflict, "\(file) is there already; choose another name")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path + "/.luals", withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.failed, "can't create \(path)/.luals: \(error)")
        }
        var written = Written()
        for file in [script, tests] + editorFiles {
            if try file.write() {
                written.created.append(file.path)
            } else {
                written.kept.append(file.path)
            }
        }
        return written
    }

    private var editorFiles: [NewFile] {
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        let slash = trimmed.lastIndex(of: "/")
        let folder = slash.map { trimmed[..<$0] + "/" } ?? ""
        let name = slash.map { String(trimmed[trimmed.index(after: $0)...]) } ?? trimmed
        return [
            NewFile(path: path + "/.luals/moonrail.lua", text: EditorDefinitions.text),
            NewFile(
                path: folder + ".luarc.json", text: EditorDefinitions.settings(functions: name)),
        ]
    }
}
