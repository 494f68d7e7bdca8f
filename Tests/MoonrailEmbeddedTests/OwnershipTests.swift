import Foundation
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import StorageFaults
import Testing

struct OwnershipTests {
    @Test func `a second owner is refused with the first one's name`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        let error = #expect(throws: EngineError.self) {
            try EmbeddedEngine(directory: directory.path)
        }
        guard case .inUse(let message) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(message.hasPrefix("the data directory '\(directory.path)' is in use by '"))
        #expect(message.hasSuffix(" (process \(ProcessInfo.processInfo.processIdentifier))'"))
        await engine.close()
    }

    @Test func `a directory is free again when its owner has closed it`() async throws {
        let directory = try ScratchDirectory()
        for _ in 0..<3 {
            let engine = try EmbeddedEngine(directory: directory.path)
            try await engine.open("a", settings: nil)
            await engine.close()
            await engine.close()
        }
    }

    @Test func `a directory is free again when its owner is gone without closing`() async throws {
        let directory = try ScratchDirectory()
        func appendOne() async throws -> Int {
            let engine = try EmbeddedEngine(directory: directory.path)
            try await engine.open("a", settings: nil)
            try await engine.append(texts: ["x"], to: "a")
            return Int(try await engine.describe("a").events)
        }
        #expect(try await appendOne() == 1)
        // The engine goes when its last call has let go of it.
        for _ in 0..<200 {
            do {
                #expect(try await appendOne() == 2)
                return
            } catch EngineError.inUse {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        Issue.record("the directory stayed in use")
    }

    @Test func `being refused closes no file of another`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<2_000 {
                    #expect(throws: EngineError.self) {
                        try EmbeddedEngine(directory: directory.path)
                    }
                }
            }
            group.addTask {
                var lost = 0
                for _ in 0..<20_000 {
                    let descriptor = open("/dev/null", O_RDONLY)
                    if fcntl(descriptor, F_GETFD) < 0 || close(descriptor) != 0 { lost += 1 }
                }
                #expect(lost == 0)
            }
        }
        await engine.close()
    }

    @Test func `directories that are missing are made, and only their owner may look in`()
        async throws
    {
        let directory = try ScratchDirectory()
        let path = directory.path + "/a/b"
        let engine = try EmbeddedEngine(directory: path)
        await engine.close()
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func `a directory whose name can't be brought to the disk is refused until it is`()
        async throws
    {
        let directory = try ScratchDirectory()
        let faults = StorageFaultPlan(directory, file: "", isExact: true)
        let calls = try await faults.failing(STORAGE_FLUSH, count: 2) { () async throws in
            for _ in 0..<2 {
                let error = #expect(throws: EngineError.self) {
                    try EmbeddedEngine(directory: directory.path + "/a/b")
                }
                #expect(error?.description.contains("can't be created") == true)
            }
            let engine = try EmbeddedEngine(directory: directory.path + "/a/b")
            await engine.close()
        }
        #expect((calls.made, calls.met) == (2, 3))
    }

    @Test func `a directory that can't be made is refused with what to do`() throws {
        let directory = try ScratchDirectory()
        let file = directory.path + "/file"
        try Data().write(to: URL(fileURLWithPath: file))
        for (path, reason) in [
            (file, "a file of this name is in the way"), (file + "/data", "Not a directory"),
        ] {
            let error = #expect(throws: EngineError.self) { try EmbeddedEngine(directory: path) }
            #expect(
                error
                    == .unavailable(
                        "the data directory '\(path)' can't be created: \(reason); choose another "
                            + "with --data"))
        }
    }

    @Test func `a directory that can't be written is refused with what to do`() throws {
        // Permissions don't stop root, so a directory stands where the lock's file would be made.
        let directory = try ScratchDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.path + "/lock", withIntermediateDirectories: false)
        let error = #expect(throws: EngineError.self) {
            try EmbeddedEngine(directory: directory.path)
        }
        #expect(
            error
                == .unavailable(
                    "the data directory '\(directory.path)' can't be written: Is a directory; "
                        + "choose another with --data"))
    }
}
