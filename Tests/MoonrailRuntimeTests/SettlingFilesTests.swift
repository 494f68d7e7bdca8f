import MoonrailRuntime
import Testing

/// When a file's content may be deployed: a table of looks and sounds.
@Suite struct SettlingFilesTests {
    private static func mark(_ content: Int64) -> SettlingFiles.Mark {
        SettlingFiles.Mark(bytes: content, modified: content, changed: content, inode: 1)
    }

    private static let quiet = SettlingFiles.quiet
    private static let absence = SettlingFiles.absence
    private static let moment = Duration.milliseconds(1)

    /// One that has seen a file `f` settle at time zero.
    private static func settled() -> SettlingFiles {
        var files = SettlingFiles()
        _ = files.look(["f": mark(1)], at: .zero)
        return files
    }

    @Test func `what is there at the first look has settled`() {
        var files = SettlingFiles()
        #expect(files.look(["f": Self.mark(1)], at: .zero) == ["f"])
        #expect(files.look(["f": Self.mark(1)], at: .seconds(10)).isEmpty)
        #expect(!files.isWaiting)
    }

    @Test func `the files of a function's own directory settle together`() {
        var files = Self.settled()
        files.hear(.closed, of: "g/g.lua", at: .seconds(1))
        let script = ["f": Self.mark(1), "g/g.lua": Self.mark(1)]
        let both = script.merging(["g/memphis.yaml": Self.mark(1)]) { $1 }
        #expect(files.look(both, at: .seconds(1)).isEmpty)
        #expect(
            files.look(both, at: .seconds(1) + Self.quiet) == ["g/g.lua", "g/memphis.yaml"])
        // Those of the library are each for itself.
        files.hear(.closed, of: "lib/a.lua", at: .seconds(2))
        let libraries = both.merging(["lib/a.lua": Self.mark(1), "lib/b.lua": Self.mark(1)]) { $1 }
        #expect(files.look(libraries, at: .seconds(2)) == ["lib/a.lua"])
    }

    @Test func `a change of which nothing was heard settles after a quiet time`() {
        var files = Self.settled()
        #expect(files.look(["f": Self.mark(2)], at: .seconds(1)).isEmpty)
        #expect(files.isWaiting)
        #expect(
            files.look(["f": Self.mark(2)], at: .seconds(1) + Self.quiet - Self.moment).isEmpty)
        // It changes again, and the time begins anew.
        #expect(files.look(["f": Self.mark(3)], at: .seconds(1) + Self.quiet).isEmpty)
        #expect(
            files.look(["f": Self.mark(3)], at: .seconds(1) + Self.quiet + Self.quiet) == ["f"])
    }

    @Test func `a file whose writer closed it has settled at once`() {
        var files = Self.settled()
        files.hear(.written, of: "f", at: .seconds(1))
        #expect(files.look(["f": Self.mark(2)], at: .seconds(1)).isEmpty)
        files.hear(.closed, of: "f", at: .seconds(2))
        #expect(files.look(["f": Self.mark(2)], at: .seconds(2)) == ["f"])
    }

    @Test func `a file that is open for writing waits longer, and not for ever`() {
        var files = Self.settled()
        files.hear(.written, of: "f", at: .seconds(1))
        #expect(files.look(["f": Self.mark(2)], at: .seconds(1)).isEmpty)
        #expect(files.look(["f": Self.mark(2)], at: .seconds(1) + Self.quiet).isEmpty)
        #expect(
            files.look(["f": Self.mark(2)], at: .seconds(1) + SettlingFiles.quietWhileOpen)
                == ["f"])
    }

    @Test func `a file that is away for a moment was not removed`() {
        var files = Self.settled()
        #expect(files.look([:], at: .seconds(1)).isEmpty)
        files.hear(.closed, of: "f", at: .seconds(1) + Self.moment)
        #expect(files.look(["f": Self.mark(2)], at: .seconds(1) + Self.moment) == ["f"])
        #expect(files.look([:], at: .seconds(2)).isEmpty)
        #expect(files.look([:], at: .seconds(2) + Self.absence) == ["f"])
        #expect(files.look([:], at: .seconds(9)).isEmpty)
        #expect(!files.isWaiting)
    }

    @Test func `a new name waits for one that may be gone, so that a rename is seen whole`() {
        var files = Self.settled()
        files.hear(.closed, of: "g", at: .seconds(1))
        #expect(files.look(["g": Self.mark(1)], at: .seconds(1)).isEmpty)
        #expect(files.look(["g": Self.mark(1)], at: .seconds(1) + Self.absence) == ["f", "g"])
    }

    @Test func `a file that comes and goes between two looks is nothing`() {
        var files = Self.settled()
        files.hear(.written, of: "4913.lua", at: .seconds(1))
        #expect(files.look(["f": Self.mark(1)], at: .seconds(1)).isEmpty)
        #expect(files.look(["f": Self.mark(1)], at: .seconds(1) + Self.absence).isEmpty)
        #expect(!files.isWaiting)
    }
}
