import MoonrailCore
import Testing

struct PartitionerTests {
    @Test(arguments: [
        ("21", -973_932_308), ("foobar", -790_332_482),
        ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
        ("abc", 479_470_107),
    ])
    func `a key hashes as Kafka's own tests say`(key: String, expected: Int32) {
        let hash = Array(key.utf8).withUnsafeBytes { Partitioner.murmur2($0) }
        #expect(Int32(bitPattern: hash) == expected)
    }

    @Test func `a key lands where Kafka puts it`() {
        func partition(_ key: String, of count: UInt32) -> UInt32 {
            Array(key.utf8).withUnsafeBytes {
                Partitioner.partition(ofKey: $0, partitions: count)
            }
        }
        // (murmur2(key) & 0x7fffffff) % count, worked out by hand from the hashes above.
        #expect(partition("21", of: 1) == 0)
        #expect(partition("21", of: 10) == (UInt32(bitPattern: -973_932_308) & 0x7fff_ffff) % 10)
        #expect(partition("abc", of: 12) == 479_470_107 % 12)
        #expect(partition("foobar", of: 1_024) == 1_357_151_166 % 1_024)
    }

    @Test func `an empty key has a partition`() {
        let partition = [UInt8]().withUnsafeBytes {
            Partitioner.partition(ofKey: $0, partitions: 7)
        }
        #expect(partition < 7)
    }
}
