import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Testing

/// Several processes on the same stations.
struct SharedStationTests {
    @Test func `who asks again at the end sees what others appended`() async throws {
        let server = try await NATSServer()
        let one = try JetStreamEngine(.test([server.url]), directory: nil)
        let other = try JetStreamEngine(.test([server.url]), directory: nil)
        try await one.open("a", settings: nil)
        try await one.append(texts: ["1", "2"], to: "a")
        var cursor = StationCursor(station: "a", partition: 0, offset: 0)
        for round in 3..<8 {
            let read = try await other.read(cursor, bounds: ReadBounds())
            cursor.offset = try #require(read.offsets.last) + 1
            #expect(try await other.read(cursor, bounds: ReadBounds()).isEmpty)
            try await one.append(texts: ["\(round)"], to: "a")
        }
        #expect(try await other.read(cursor, bounds: ReadBounds()).records.texts == ["7"])
        await one.close()
        await other.close()
    }
}
