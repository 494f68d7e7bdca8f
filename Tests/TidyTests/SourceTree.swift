import Foundation

/// The files of this repository that people write.
enum SourceTree {
    struct File: CustomStringConvertible {
        /// Relative to the repository.
        let path: String
        let lines: [Substring]

        var description: String { path }
    }

    /// The repository's folder, found from where this file was compiled.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All files below `folders` with one of the endings.
    static func files(in folders: [String], endings: [String]) -> [File] {
        folders.flatMap { folder -> [File] in
            let base = root.appendingPathComponent(folder)
            let walker = FileManager.default.enumerator(atPath: base.path)
            let paths = walker?.compactMap { $0 as? String } ?? []
            return paths.sorted()
                .filter { path in endings.contains { path.hasSuffix($0) } }
                .compactMap { path in
                    guard
                        let text = try? String(
                            contentsOf: base.appendingPathComponent(path), encoding: .utf8)
                    else { return nil }
                    return File(
                        path: folder + "/" + path,
                        lines: text.split(separator: "\n", omittingEmptySubsequences: false))
                }
        }
    }

    static let code = files(
        in: ["Sources", "Tests"], endings: [".swift", ".c", ".cpp", ".h", ".py"])
    static let sources = files(in: ["Sources"], endings: [".swift", ".c", ".cpp", ".h"])
}
