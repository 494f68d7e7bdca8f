import MoonrailCore
import MoonrailTestSupport
import Testing

struct EventIDTests {
    private func source(
        function: FunctionName = "celsius", generation: UInt32 = 0,
        station: StationName = "readings", partition: UInt32 = 0
    ) -> EmissionIDSource {
        EmissionIDSource(
            function: function, generation: generation, station: station, partition: partition)
    }

    @Test func `an emission's id never changes`() {
        var source = source()
        #expect(source.id(offset: 0, index: 0).description == "8b6db6733f529dc7f3587ce9b1abc847")
        #expect(
            source.id(offset: 1_234_567, index: 3).description == "ba7002f7a6465f4cb915c8295b337782"
        )
    }

    @Test func `the same cause gives the same id whatever came before`() {
        var first = source()
        var second = source()
        _ = second.id(offset: 9, index: 9)
        #expect(first.id(offset: 7, index: 1) == second.id(offset: 7, index: 1))
    }

    @Test func `each ingredient changes the id`() {
        var sources = [
            source(), source(function: "kelvin"), source(generation: 1),
            source(station: "others"), source(partition: 1),
            // The same letters in the same order, parted elsewhere.
            source(function: "celsiusr", station: "eadings"),
        ]
        var ids: Set<EventID> = []
        for number in sources.indices {
            for offset: UInt64 in [0, 1, 256] {
                for index: UInt32 in [0, 1, 65_535] {
                    ids.insert(sources[number].id(offset: offset, index: index))
                }
            }
        }
        #expect(ids.count == sources.count * 9)
    }

    @Test func `a derived id is shown as 32 digits and a text as it is`() {
        #expect(
            EventID.derived(high: 1, low: 0xab).description == "000000000000000100000000000000ab")
        #expect(
            EventID.derived(high: .max, low: .max).description == String(repeating: "f", count: 32))
        #expect(EventID.text("order-1").description == "order-1")
    }

    @Test func `ids of either kind come back from a record`() {
        var records = EventRecords()
        let ids: [EventID?] = [nil, .text("é"), .derived(high: 1, low: .max)]
        for id in ids {
            records.append(Event(id: id, time: EventTime(microseconds: 0), payload: []))
        }
        #expect(ids.indices.map { records.withRecord($0) { $0.id } } == ids)
    }
}
