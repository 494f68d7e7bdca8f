import MoonrailCore
import MoonrailSandbox
import Testing

@Suite struct HostFramesRequestTests {
    @Test func `a run carries the events of its range with their stations and offsets`() throws {
        let old = TestEvents.json("1", key: "k", id: "i")
        let batch = LaneBatch([
            TestEvents.part("a", from: 7, [old, TestEvents.json("2")]),
            TestEvents.part("b.c", from: 90, [TestEvents.json("3"), TestEvents.json("4")]),
        ])
        let run = try DecodedRun(HostFrames.run(batch, range: 1..<3))
        #expect(run.stations == ["a", "b.c"])
        #expect(run.events.map(\.station) == [0, 1])
        #expect(run.events.map(\.offset) == [8, 90])
        #expect(run.events.map { String(decoding: $0.event.payload, as: UTF8.self) } == ["2", "3"])

        let second = try DecodedRun(HostFrames.run(batch, range: 3..<4))
        #expect(second.stations == ["b.c"])
        #expect(second.events.map(\.offset) == [91])
    }

    @Test func `a run that is to be timed says so in its flags and is the same otherwise`() {
        let batch = LaneBatch([TestEvents.part("a", from: 7, [TestEvents.json("2")])])
        let plain = HostFrames.run(batch, range: 0..<1)
        let timed = HostFrames.run(batch, range: 0..<1, isTimed: true)
        #expect(plain.indices.filter { plain[$0] != timed[$0] } == [5])
        #expect(timed[5] == 1)
    }

    @Test func `whatever events a run is given, it carries them unchanged`() throws {
        var random = SeededRandom("runs")
        for _ in 0..<300 {
            var all: [(String, UInt64, Event)] = []
            let parts = (0..<Int.random(in: 1...3, using: &random)).map { number in
                let first = UInt64.random(in: 0...1_000, using: &random)
                let events = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    TestEvents.random(&random)
                }
                for (index, event) in events.enumerated() {
                    all.append(("s\(number)", first + UInt64(index), event))
                }
                return TestEvents.part("s\(number)", from: first, events)
            }
            let lower = Int.random(in: 0..<all.count, using: &random)
            let upper = Int.random(in: lower + 1...all.count, using: &random)
            let run = try DecodedRun(HostFrames.run(LaneBatch(parts), range: lower..<upper))
            #expect(run.events.map { run.stations[$0.station] } == all[lower..<upper].map(\.0))
            #expect(run.events.map(\.offset) == all[lower..<upper].map(\.1))
            #expect(run.events.map(\.event) == all[lower..<upper].map(\.2))
        }
    }

    @Test func `a load carries limits, texts, outputs and libraries in the order of the format`()
        throws
    {
        var program = try FunctionProgram.test("return {}", outputs: ["x", "y"])
        program.libraries = [.init(name: "lib.units", source: Array("return 1".utf8))]
        program.partition = 9
        program.limits.eventTime = .microseconds(1_500)
        let frame = try HostFrames.load(program)
        try frame.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(try Int(reader.integer(UInt32.self)) == frame.count - 4)
            #expect(try reader.integer(UInt32.self) == 1)
            #expect(try reader.integer(UInt32.self) == 0)
            #expect(try reader.integer(UInt64.self) == 32 << 20)
            var numbers: [UInt32] = []
            for _ in 0..<11 { numbers.append(try reader.integer()) }
            #expect(
                numbers == [2, 500, 200, 1_000, 1 << 20, 8 << 20, 128, 20, 8 << 10, 64 << 10, 9])
            var texts: [String] = []
            for _ in 0..<4 { texts.append(try reader.text()) }
            #expect(texts == ["test", "functions/test.lua", "return {}", "{}"])
            #expect(try reader.integer(UInt32.self) == 2)
            #expect(try [reader.text(), reader.text()] == ["x", "y"])
            #expect(try reader.integer(UInt32.self) == 1)
            #expect(try [reader.text(), reader.text()] == ["lib.units", "return 1"])
            #expect(reader.remaining == 0)
        }
    }

    @Test func `a program that no frame holds is told so, with its size`() throws {
        var program = try FunctionProgram.test("return {}")
        program.inputs = Array(repeating: 32, count: Bounds.frameBytes)
        #expect { try HostFrames.load(program) } throws: { error in
            "\(error)".contains("functions/test.lua: with its libraries and inputs it has 671")
        }
    }
}

/// A RUN frame, read as a host reads it.
struct DecodedRun {
    var stations: [String] = []
    var events: [(station: Int, offset: UInt64, event: Event)] = []

    init(_ frame: [UInt8]) throws {
        try frame.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(try Int(reader.integer(UInt32.self)) == frame.count - 4)
            #expect(try reader.integer(UInt32.self) == 2)
            try reader.skip(4)
            for _ in 0..<(try reader.integer(UInt32.self)) { stations.append(try reader.text()) }
            for _ in 0..<(try reader.integer(UInt32.self)) {
                let station = Int(try reader.integer(UInt32.self))
                #expect(try reader.integer(UInt32.self) == 0)
                let offset = try reader.integer(UInt64.self)
                let record = try #require(
                    EventRecord(startOf: bytes.part(reader.index, reader.remaining)))
                events.append((station, offset, record.event))
                try reader.skip(record.bytes.count)
            }
            #expect(reader.remaining == 0)
        }
    }
}
