import MoonrailCore
import MoonrailTestSupport
import Testing

struct LaneSilenceTests {
    private static func second(_ second: Int64) -> EventTime {
        EventTime(microseconds: second * 1_000_000)
    }

    private static let silence = LaneSilence(
        came: second(1_000), reached: second(50), place: InputPlace(station: "a.b", offset: 7),
        position: Position(["a.b": 8, "c": 2]))

    @Test func `event time goes on from where the last event left it`() {
        #expect(Self.silence.reached(at: Self.second(1_090)) == Self.second(140))
        // A clock that was set back moves nothing.
        #expect(Self.silence.reached(at: Self.second(900)) == Self.second(50))
    }

    @Test func `a timer is due when time has come to it, and after so much silence`() {
        func moment(_ time: Int64, began: Int64 = 0) -> EventTime {
            Self.silence.moment(
                of: Self.second(time), idle: .seconds(60), began: Self.second(began))
        }
        #expect(moment(200) == Self.second(1_150))
        #expect(moment(70) == Self.second(1_060))
        #expect(moment(-5) == Self.second(1_060))
        #expect(moment(200, began: 1_120) == Self.second(1_180))
        let last = EventTime(microseconds: .max)
        #expect(Self.silence.moment(of: last, idle: .seconds(60), began: last) == last)
        let first = EventTime(microseconds: .min)
        #expect(
            Self.silence.moment(of: first, idle: .seconds(60), began: first)
                == Self.second(1_060))
    }

    @Test func `it comes back from its bytes, and from no others`() {
        let bytes = Self.silence.encoded
        #expect(LaneSilence(encoded: bytes) == Self.silence)
        for count in bytes.indices {
            #expect(LaneSilence(encoded: Array(bytes.prefix(count))) == nil)
        }
        #expect(LaneSilence(encoded: bytes + [0]) == nil)
        #expect(LaneSilence(encoded: [2] + bytes.dropFirst()) == nil)
    }
}
