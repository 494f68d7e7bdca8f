import FoundationEssentials

/// Random numbers that a seed repeats: SplitMix64 (Steele, Lea, Flood 2014).
struct SeededRandom: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    /// Takes the seed from `MOONRAIL_SEED`, else a new one; prints it for a repetition.
    init(_ purpose: String) {
        let given = ProcessInfo.processInfo.environment["MOONRAIL_SEED"].flatMap { UInt64($0) }
        seed = given ?? UInt64.random(in: 0..<1 << 32)
        state = seed
        print("\(purpose): MOONRAIL_SEED=\(seed)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ counts: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: counts, using: &self)).map { _ in
            UInt8.random(in: 0...255, using: &self)
        }
    }

    /// Lowercase letters.
    mutating func text(_ counts: ClosedRange<Int>) -> String {
        String(
            decoding: (0..<Int.random(in: counts, using: &self)).map { _ in
                UInt8.random(in: 97...122, using: &self)
            }, as: UTF8.self)
    }
}
