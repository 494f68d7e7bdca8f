import Foundation
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

struct CrashTests {
    @Test func `what was acknowledged is in the files before anything is closed`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        for name: StationName in ["in", "out"] { try await engine.open(name, settings: nil) }
        let lane = LaneID(function: "f", partition: 0)
        let claim = try await engine.claim(lane, inputs: ["in"], start: .earliest)
        for number: UInt64 in 0..<10 {
            try await engine.append([Event("\(number)", id: "\(number)")], to: "in")
            try await engine.settle([
                claim.settlement(
                    of: "in", from: number, to: number + 1,
                    appends: [StationAppend("out", [Event("of \(number)")])])
            ])
            // What a kill would leave behind now; its log was not merged by a closing store.
            let left = try directory.copy()
            let survivor = try EmbeddedEngine(directory: left.path)
            #expect(
                try await survivor.readAll("in").texts == (0...number).map { "\($0)" })
            #expect(
                try await survivor.readAll("out").texts == (0...number).map { "of \($0)" })
            #expect(try await survivor.lanes() == (try await engine.lanes()))
            let again = try await survivor.append([Event("\(number)", id: "\(number)")], to: "in")
            #expect(again == [.duplicate(partition: 0, offset: number)])
            await survivor.close()
        }
        await engine.close()
    }

    @Test func `a process that is killed loses nothing it acknowledged, and its lock is free`()
        async throws
    {
        let directory = try ScratchDirectory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let engine = try EmbeddedEngine(directory: path + "/data")
            try await engine.open("a", settings: nil)
            let acknowledged = open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<20 {
                    group.addTask {
                        for number in 0..<1_000_000 {
                            let text = "\(writer).\(number)"
                            guard
                                (try? await engine.append([Event(text, id: text)], to: "a")) != nil
                            else { return }
                            let line = Array((text + "\n").utf8)
                            _ = write(acknowledged, line, line.count)
                        }
                    }
                }
                try? await Task.sleep(for: .milliseconds(300))
                kill(getpid(), SIGKILL)
            }
        }
        let text = try String(contentsOfFile: path + "/acknowledged", encoding: .utf8)
        let acknowledged = text.split(separator: "\n").map(String.init)
        #expect(!acknowledged.isEmpty)

        let survivor = try EmbeddedEngine(directory: path + "/data")
        let stored = try await survivor.readAll("a").texts
        #expect(Set(stored).isSuperset(of: acknowledged))
        #expect(Set(stored).count == stored.count)
        let again = try await survivor.append(
            acknowledged.suffix(500).map { Event($0, id: $0) }, to: "a")
        #expect(again.allSatisfy { $0.kind == "duplicate" })
        await survivor.close()
    }

    @Test func `an append that meets a closing store is stored or refused, never both`()
        async throws
    {
        let directory = try ScratchDirectory()
        for round in 0..<20 {
            let engine = try EmbeddedEngine(directory: directory.path)
            try await engine.open("a", settings: nil)
            var stored: [String] = []
            await withTaskGroup(of: String?.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let text = "\(round).\(number)"
                        do throws(EngineError) {
                            try await engine.append(texts: [text], to: "a")
                            return text
                        } catch {
                            #expect(error == .unavailable("the store is closing"))
                            return nil
                        }
                    }
                }
                group.addTask {
                    await engine.close()
                    return nil
                }
                for await text in group { if let text { stored.append(text) } }
            }
            let survivor = try EmbeddedEngine(directory: directory.path)
            let all = try await survivor.readAll("a").texts.filter { $0.hasPrefix("\(round).") }
            #expect(all.sorted() == stored.sorted())
            await survivor.close()
        }
    }
}
