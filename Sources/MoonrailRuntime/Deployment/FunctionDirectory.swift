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
    /// - Parameter scripts: names of the files that are there; nil to look.
    /// - Returns: the attachments in the order of their names, and a sentence for each file whose
    ///   name is no function's.
    package func attachments(
        _ overrides: [FunctionName: FunctionOverrides], scripts: [String]? = nil
    ) -> (attachments: [Attachment], problems: [String]) {
        var attachments: [FunctionName: Attachment] = [:]
        var problems: [String] = []
        for (name, override) in overrides {
            let script = override.script ?? name.text + ".lua"
            attachments[name] = Attachment(
                name: name, file: path + "/" + script, overrides: override)
        }
        let attached = Set(attachments.values.map(\.file))
        for file in scripts ?? self.scripts(in: path) where !attached.contains(path + "/" + file) {
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

    /// A file's name relative to the directory.
    func name(ofFile file: String) -> String {
        String(file.dropFirst(path.count + 1))
    }

    /// Everything that is there now. Blocks.
    ///
    /// - Parameter overrides: name scripts that need not lie directly in the directory.
    package func files(_ overrides: [FunctionName: FunctionOverrides]) -> FunctionFiles {
        var files = FunctionFiles(self)
        for name in marks(also: overrides.values.compactMap(\.script)).keys {
            files.set(name, content(name))
        }
        return files
    }

    /// What tells the present content of each file from another; without reading any. Blocks.
    ///
    /// - Parameter also: names of files besides those that are listed.
    func marks(also: [String]) -> [String: SettlingFiles.Mark] {
        let listed =
            files(in: path, ending: ".lua") + files(in: path, ending: Self.testEnding)
            + files(in: path + "/lib", ending: ".lua").map { FunctionFiles.libraryPrefix + $0 }
        var marks: [String: SettlingFiles.Mark] = [:]
        for name in listed + also {
            var status = stat()
            let file = path + "/" + name
            // What a link leads to; or the link itself when it leads nowhere, which is told.
            guard stat(file, &status) == 0 || lstat(file, &status) == 0 else { continue }
            marks[name] = SettlingFiles.Mark(
                bytes: Int64(status.st_size), modified: status.st_mtim.nanoseconds,
                changed: status.st_ctim.nanoseconds, inode: UInt64(status.st_ino))
        }
        return marks
    }

    /// Whether a file of this name, relative to the directory, belongs to a function.
    func isRelevant(_ name: String, also: [String]) -> Bool {
        if also.contains(name) { return true }
        let isLibrary = name.hasPrefix(FunctionFiles.libraryPrefix)
        let base = isLibrary ? name.dropFirst(FunctionFiles.libraryPrefix.count) : name[...]
        guard !base.hasPrefix("."), !base.contains("/") else { return false }
        return base.hasSuffix(".lua") || (!isLibrary && base.hasSuffix(Self.testEnding))
    }

    /// What is in a file now; nil when there is none. Blocks.
    func content(_ name: String) -> FunctionFiles.Content? {
        let file = path + "/" + name
        do throws(UnreadableFile) {
            return .init(.success(try Self.read(file, most: Self.bytesMaximum(of: name))))
        } catch {
            var status = stat()
            return lstat(file, &status) == 0 ? .init(.failure(error)) : nil
        }
    }

    private static func bytesMaximum(of name: String) -> Int {
        name.hasSuffix(testEnding) ? testBytes : FunctionLimits.sourceBytes
    }

    static let testEnding = ".test.yaml"
    /// Bytes of a file of tests: what their reader takes.
    private static let testBytes = 1 << 20

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
        try read(file, most: FunctionLimits.sourceBytes)
    }

    private static func read(_ file: String, most: Int) throws(UnreadableFile) -> [UInt8] {
        var status = stat()
        // Reading a pipe would wait for somebody to write into it.
        guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let data = FileManager.default.contents(atPath: file)
        else {
            throw UnreadableFile(description: "\(file): \(whyUnreadable(file))")
        }
        guard data.count <= most else {
            throw UnreadableFile(
                description: "\(file): it has \(data.count) bytes; it may have \(most)"
                    + (file.hasSuffix(".lua")
                        ? "; put large tables into inputs, or split it into libraries" : ""))
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

extension timespec {
    fileprivate var nanoseconds: Int64 { Int64(tv_sec) * 1_000_000_000 + Int64(tv_nsec) }
}

/// A file of the functions directory that can't be used, with the sentence to show.
package struct UnreadableFile: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}
