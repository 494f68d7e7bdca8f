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
    /// A script is a function of its own name, unless the configuration attaches it under others.
    ///
    /// - Parameter files: names of the files that are there; nil to look.
    /// - Returns: the attachments in the order of their names, and a sentence for each file whose
    ///   name is no function's.
    package func attachments(
        _ overrides: [FunctionName: FunctionOverrides], files: Set<String>? = nil
    ) -> (attachments: [Attachment], problems: [String]) {
        let files = files ?? Set(listed())
        var attachments: [FunctionName: Attachment] = [:]
        var problems: [String] = []
        for (name, override) in overrides {
            let script = override.script ?? FunctionPlaces.topScript(name.text)
            attachments[name] = Attachment(
                name: name, file: path + "/" + place(of: script, in: files), overrides: override)
        }
        let attached = Set(attachments.values.map(\.file))
        for file in files.filter(FunctionPlaces.isScript).sorted()
        where !attached.contains(path + "/" + file) {
            let stem = FunctionPlaces.stem(ofScript: file)
            // Of two scripts of one name the attachment has the one at the top, and says so.
            if file != place(of: FunctionPlaces.topScript(stem), in: files) { continue }
            do {
                let name = try FunctionName(String(stem))
                attachments[name] = Attachment(
                    name: name, file: path + "/" + file, overrides: FunctionOverrides())
            } catch {
                problems.append("\(path)/\(file): \(error)")
            }
        }
        problems += strayManifests(in: files)
        return (attachments.values.sorted { $0.name < $1.name }, problems)
    }

    /// Where a script of this name at the top lies: there, or in a directory of its own.
    private func place(of script: String, in files: Set<String>) -> String {
        let own = FunctionPlaces.ownScript(FunctionPlaces.stem(ofScript: script))
        return !files.contains(script) && files.contains(own) ? own : script
    }

    /// A sentence for each `memphis.yaml` of a directory that has no script of its name.
    private func strayManifests(in files: Set<String>) -> [String] {
        files.sorted().compactMap { file in
            let (directory, base) = FunctionPlaces.split(file)
            let script = FunctionPlaces.ownScript(directory)
            guard base == FunctionPlaces.manifest, !directory.isEmpty, !files.contains(script)
            else { return nil }
            return "\(path)/\(file): there is no \(path)/\(script) beside it; a function's script "
                + "is called as its directory is"
        }
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
        var marks: [String: SettlingFiles.Mark] = [:]
        for name in listed() + also {
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

    /// The names of all files that belong to functions. Blocks.
    private func listed() -> [String] {
        let top = entries(of: path)
        let libraries = entries(of: path + "/" + FunctionPlaces.library)
            .map { FunctionFiles.libraryPrefix + $0 }
        let own = top.filter(FunctionPlaces.isOwnDirectory).flatMap { entry in
            [
                FunctionPlaces.ownScript(entry), FunctionPlaces.ownTests(entry),
                FunctionPlaces.ownManifest(entry),
            ].filter { exists($0) }
        }
        return (top + libraries).filter(FunctionPlaces.isRelevant) + own
    }

    /// Directories that may be functions' own, as far as there are any. Blocks.
    func ownDirectories() -> [String] {
        entries(of: path).filter(FunctionPlaces.isOwnDirectory).filter { entry in
            var status = stat()
            return stat(path + "/" + entry, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        }
    }

    /// Whether there is a directory of this path.
    var exists: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func exists(_ name: String) -> Bool {
        var status = stat()
        return lstat(path + "/" + name, &status) == 0
    }

    /// Whether a file of this name, relative to the directory, belongs to a function.
    func isRelevant(_ name: String, also: [String]) -> Bool {
        also.contains(name) || FunctionPlaces.isRelevant(name)
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
        name.hasSuffix(FunctionPlaces.scriptEnding) ? FunctionLimits.sourceBytes : yamlBytes
    }

    /// Bytes of a file of tests or of a manifest: what their reader takes.
    private static let yamlBytes = 1 << 20

    /// The scripts of a function's name that are there: one, unless it is in both places.
    package func scripts(of function: FunctionName) -> [String] {
        [FunctionPlaces.topScript(function.text), FunctionPlaces.ownScript(function.text)]
            .filter(exists).map { path + "/" + $0 }
    }

    /// Where the tests of a function lie, if it has any: in its own directory, or at the top.
    package func testFile(of function: FunctionName) -> String {
        let (own, top) = (
            FunctionPlaces.ownTests(function.text), FunctionPlaces.topTests(function.text)
        )
        let isOwn =
            exists(own)
            || (!exists(top) && exists(FunctionPlaces.ownScript(function.text))
                && !exists(FunctionPlaces.topScript(function.text)))
        return path + "/" + (isOwn ? own : top)
    }

    /// The functions that have a file of tests, in the order of their names.
    package func tested() -> [FunctionName] {
        let stems = listed().filter { $0.hasSuffix(FunctionPlaces.testEnding) }
            .map { FunctionPlaces.split($0).base.dropLast(FunctionPlaces.testEnding.count) }
        return Set(stems).compactMap { try? FunctionName(String($0)) }.sorted()
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

    private func entries(of directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
    }
}

extension timespec {
    fileprivate var nanoseconds: Int64 { Int64(tv_sec) * 1_000_000_000 + Int64(tv_nsec) }
}

/// A file of the functions directory that can't be used, with the sentence to show.
package struct UnreadableFile: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}
