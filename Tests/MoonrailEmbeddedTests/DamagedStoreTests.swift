import Foundation
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// A store file damaged at random: nothing ends the process, and what is read is what was written.
@Suite(.timeLimit(.minutes(10)))
struct DamagedStoreTests {
    private struct Model {
        var texts: [StationName: [String]] = [:]
    }

    /// A closed store in one file, and what it holds.
    private static func store(_ random: inout SeededGenerator) async throws
        -> (ScratchDirectory, Model)
    {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path + "/made")
        var model = Model()
        for name: StationName in ["a", "b", "c"] {
            try await engine.open(name, settings: nil)
            var texts: [String] = []
            for _ in 0..<random.number(1...20) {
                let batch = (0..<random.number(1...30)).map { _ in
                    "\(texts.count) " + random.text(random.number(0...2_000))
                }
                try await engine.append(texts: batch, to: name)
                texts += batch
            }
            model.texts[name] = texts
        }
        let claim = try await engine.claim(
            LaneID(function: "f", partition: 0), inputs: ["a"], start: .earliest)
        try await engine.settle([claim.settlement(of: "a", from: 0, to: 1)])
        _ = try await engine.backUp(to: directory.path + "/store.sqlite")
        await engine.close()
        return (directory, model)
    }

    @Test func `whatever bits flip, nothing crashes and a failing read is explained by the check`()
        async throws
    {
        var random = SeededGenerator.printed()
        let rounds =
            ProcessInfo.processInfo.environment["MOONRAIL_DAMAGE_ROUNDS"]
            .flatMap(Int.init) ?? 60
        let (directory, model) = try await Self.store(&random)
        let whole = try Data(contentsOf: URL(fileURLWithPath: directory.path + "/store.sqlite"))
        var failed = 0
        for _ in 0..<rounds {
            let damaged = try ScratchDirectory()
            var bytes = whole
            for _ in 0..<random.number(1...8) {
                // Half of the flips meet the first bytes of a page, where its structure is.
                let page = random.number(0...bytes.count / 8_192 - 1) * 8_192
                let at =
                    page + (random.once(in: 2) ? random.number(0...120) : random.number(0...8_191))
                bytes[at] ^= UInt8(1 << random.number(0...7))
            }
            try bytes.write(to: URL(fileURLWithPath: damaged.path + "/store.sqlite"))
            if try await !Self.reads(damaged, model) { failed += 1 }
        }
        print("reads failed in \(failed) of \(rounds) damaged stores")
    }

    /// - Returns: whether every read gave what was written.
    private static func reads(_ directory: ScratchDirectory, _ model: Model) async throws -> Bool {
        let checked = await outcome { () async throws(EngineError) in
            try await EmbeddedEngine.check(directory: directory.path)
        }
        var failures: [EngineError] = []
        var isWrong = false
        let opened = await outcome { () async throws(EngineError) in
            try EmbeddedEngine(directory: directory.path)
        }
        switch opened {
        case .failure(let error): failures.append(error)
        case .success(let engine):
            for (name, texts) in model.texts {
                let read = await outcome { () async throws(EngineError) in
                    try await engine.readAll(name).texts
                }
                switch read {
                case .failure(let error): failures.append(error)
                case .success(let read): isWrong = isWrong || read != texts
                }
            }
            let journal = await outcome { () async throws(EngineError) in
                _ = try await engine.lanes()
                return try await engine.journal(
                    of: LaneID(function: "f", partition: 0), from: 0, limit: 10)
            }
            if case .failure(let error) = journal { failures.append(error) }
            await engine.close()
        }
        #expect(!isWrong, "what was never written was served")
        // A check can't read a file whose first page is not one of SQLite's, or says that a newer
        // Moonrail wrote it. One that nobody may write any more can be read.
        if case .success(let report) = checked {
            let unexplained = failures.filter { if case .corrupt = $0 { true } else { false } }
            #expect(unexplained.isEmpty || !report.findings.isEmpty, "\(failures)")
        }
        return failures.isEmpty && !isWrong
    }
}

/// What `body` came to.
private func outcome<Value>(
    _ body: () async throws(EngineError) -> Value
) async -> Result<Value, EngineError> {
    do {
        return .success(try await body())
    } catch {
        return .failure(error)
    }
}
