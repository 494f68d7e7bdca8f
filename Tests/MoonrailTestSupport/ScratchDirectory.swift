import Foundation

/// A directory of its own, removed with all it holds when the value is gone.
package final class ScratchDirectory: Sendable {
    package let path: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("moonrail-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    /// A second directory with the same files: of an open store, what a crash would leave behind.
    package func copy() throws -> ScratchDirectory {
        let copy = try ScratchDirectory()
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            try FileManager.default.copyItem(
                atPath: path + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
