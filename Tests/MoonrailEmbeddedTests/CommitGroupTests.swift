import MoonrailEmbedded
import Testing

struct CommitGroupTests {
    private static func group(_ events: Int..., bytesEach: Int = 100) -> [Int] {
        CommitGroup.numbers(of: events.map { .init(events: $0, bytes: $0 * bytesEach) })
    }

    @Test func `requests share a commit in their order as far as there is room`() {
        #expect(Self.group(10) == [0])
        #expect(Self.group(1_000, 2_000, 1_000) == [0, 1, 2])
        #expect(Self.group(2_000, 2_000, 2_000, 90) == [0, 1])
        #expect(Self.group(2_000, 3_000, 100) == [0], "nobody of their size gets in front")
    }

    @Test func `a request over the bound is taken when it is the oldest`() {
        #expect(Self.group(1_000_000, 1_000) == [0])
        #expect(Self.group(1_000, 1_000_000) == [0])
    }

    @Test func `small requests join the next commit, whoever came before them`() {
        #expect(Self.group(1_000_000, 1_000_000, 1) == [0, 2])
        #expect(Self.group(3_000, 3_000, 1, 3_000, CommitGroup.smallEvents) == [0, 2, 4])
        #expect(Self.group(3_000, 3_000, CommitGroup.smallEvents + 1) == [0])
    }

    @Test func `small requests together are bounded as well`() {
        let one = CommitGroup.Size(events: 1, bytes: CommitGroup.bytes / 4)
        let numbers = CommitGroup.numbers(of: [CommitGroup.Size](repeating: one, count: 20))
        #expect(numbers == [0, 1, 2, 3, 4])
    }
}
