/// Which partition an event goes to.
package enum Partitioner {
    /// The partition of a keyed event: `(murmur2(key) & 0x7fffffff) % partitions`, as Kafka's
    /// default partitioner does, so that a key lands where Kafka's users expect it.
    @inline(__always)
    package static func partition(
        ofKey key: UnsafeRawBufferPointer, partitions: UInt32
    ) -> UInt32 {
        partitions == 1 ? 0 : (murmur2(key) & 0x7fff_ffff) % partitions
    }

    /// MurmurHash2, 32 bits (Austin Appleby), with Kafka's seed 0x9747b28c.
    package static func murmur2(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let multiplier: UInt32 = 0x5bd1_e995
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
        var index = 0
        while index + 4 <= bytes.count {
            var word = bytes.littleEndian(UInt32.self, at: index) &* multiplier
            word ^= word >> 24
            hash = (hash &* multiplier) ^ (word &* multiplier)
            index += 4
        }
        let rest = bytes.count - index
        if rest >= 3 { hash ^= UInt32(bytes[index + 2]) << 16 }
        if rest >= 2 { hash ^= UInt32(bytes[index + 1]) << 8 }
        if rest >= 1 {
            hash ^= UInt32(bytes[index])
            hash = hash &* multiplier
        }
        hash ^= hash >> 13
        hash = hash &* multiplier
        return hash ^ (hash >> 15)
    }
}
