import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Testing

@Suite(.enabled(if: PythonClient.hasPackages, "needs Tests/requirements.txt: scripts/setup-python"))
struct PlainClientTests {
    @Test
    func `a client that knows nothing of Moonrail produces into a station and reads from one`()
        async throws
    {
        let server = try await NATSServer()
        let engine = try JetStreamEngine(.test([server.url]), directory: nil)
        for station: StationName in ["plain", "readings"] {
            try await engine.open(station, settings: nil)
        }
        try await engine.append(
            [Event(#"{"c":21}"#, id: "r 1", key: "ä"), Event(#"{"c":22}"#)], to: "readings")

        let client = try await PythonClient.run("nats_client.py", [server.url, "test"])
        #expect(client.status == 0, "\(client.errors)")
        #expect(
            client.output == """
                {"id": "r%201", "key": "%C3%A4", "type": "moonrail.event", \
                "source": "/stations/readings", "data": "{\\"c\\":21}"}
                {"id": null, "key": null, "type": "moonrail.event", \
                "source": "/stations/readings", "data": "{\\"c\\":22}"}

                """)

        let events = try await engine.readAll("plain").records.events
        #expect(
            events.map { String(decoding: $0.payload, as: UTF8.self) }
                == [#"{"n":1}"#, #"{"n":2}"#, "not json"])
        #expect(events.map(\.isJSON) == [true, true, false])
        #expect(events.map(\.id) == [nil, .text("two"), .text("order 3")])
        let full = try #require(events.last)
        #expect(full.key == Array("kä".utf8))
        #expect(full.type == "order.paid")
        #expect(full.time == EventTime("2026-01-31T08:00:00Z"))
        #expect(full.headers == [Event.Header("X-Team", "blue"), Event.Header("source", "/shop")])
        await engine.close()
    }
}
