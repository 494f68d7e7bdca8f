"""Pure arithmetic that the oracle and the functions in Lua share as a definition, not as code."""

MASK = 0xFFFFFFFF


def mix(number, salt, seed):
    """A hash of 32 bits that Lua computes the same way (see scenario.LUA_MIX)."""
    value = (number * 2654435761 + salt * 40503 + seed * 97) & MASK
    value ^= value >> 15
    value = (value * 2246822519) & MASK
    return value ^ (value >> 13)


def murmur2(data):
    """MurmurHash2 of 32 bits with Kafka's seed, as Kafka's default partitioner uses it."""
    multiplier = 0x5BD1E995
    value = 0x9747B28C ^ len(data)
    whole = len(data) & ~3
    for index in range(0, whole, 4):
        word = (int.from_bytes(data[index:index + 4], "little") * multiplier) & MASK
        word = ((word ^ (word >> 24)) * multiplier) & MASK
        value = ((value * multiplier) & MASK) ^ word
    rest = data[whole:]
    if rest:
        value = ((value ^ int.from_bytes(rest, "little")) * multiplier) & MASK
    value = ((value ^ (value >> 13)) * multiplier) & MASK
    return value ^ (value >> 15)


def partition_of(key, partitions):
    """Where an event with this key belongs."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions
