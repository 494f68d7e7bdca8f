import FoundationEssentials
import MoonrailCore

/// Random numbers that can be had again: SplitMix64 (Steele, Lea, Flood, 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// A generator with a fresh seed, which it prints; `MOONRAIL_TEST_SEED` sets one to repeat.
    package static func printed(for test: String = #function) -> SeededGenerator {
        let given = ProcessInfo.processInfo.environment["MOONRAIL_TEST_SEED"].flatMap(UInt64.init)
        let seed = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(test): MOONRAIL_TEST_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number of `range`, each as likely.
    package mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    /// True once in `count` calls.
    package mutating func once(in count: Int) -> Bool {
        number(1...count) == 1
    }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Letters, also such as take two, three and four bytes.
    package mutating func text(_ count: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789-_ äß€漢😀")
        return String((0..<count).map { _ in letters[number(0...letters.count - 1)] })
    }
}

extension SeededGenerator {
    /// An event that has each of its attributes or not.
    package mutating func event(payloadBytesMax: Int = 200) -> Event {
        var id: EventID?
        switch number(0...2) {
        case 0: id = .text(text(number(1...20)))
        case 1: id = .derived(high: next(), low: next())
        default: break
        }
        return Event(
            id: id, key: once(in: 3) ? nil : bytes(number(0...30)),
            time: EventTime(microseconds: Int64(truncatingIfNeeded: next())),
            type: once(in: 2) ? nil : text(number(1...30)),
            headers: (0..<number(0...3)).map { _ in
                Event.Header(text(number(1...10)), text(number(0...30)))
            },
            payload: bytes(number(0...payloadBytesMax)), isJSON: once(in: 2))
    }
}
