/// Every bound of the core formats, declared once with its reason.
package enum Bounds {
    /// Longest event id in bytes: room for a UUID, a ULID or a CloudEvents source and id joined.
    package static let idBytes = 128
    /// Longest key in bytes: keys are hashed and repeated in every event, so they stay names.
    package static let keyBytes = 1_024
    /// Longest event type in bytes, as the format holds its length in one byte.
    package static let typeBytes = 255
    /// Longest header name in bytes; CloudEvents recommends at most 20.
    package static let headerNameBytes = 64
    /// All headers of one event, in bytes with their lengths: what HTTP servers commonly accept.
    package static let headersBytes = 16_384
    /// Longest station name in bytes, so that a dead-letter station's name still fits a file name.
    package static let stationNameBytes = 128
    /// Longest function name in bytes: `dead.` and the name together must be a station name.
    package static let functionNameBytes = 120
    /// Most partitions a station may have: each costs one table and one lane per function.
    package static let partitions = 1_024
    /// Most stations one function may read: each is a read per turn of its lanes.
    package static let inputs = 64
    /// Most stations one function may name as outputs.
    package static let outputs = 64
    /// Functions that one chain of causes may go through: a loop that nobody found otherwise ends
    /// there. Real chains have a handful.
    package static let hops: UInt16 = 64
    /// Keys that may be parked in one lane, at about 100 bytes of memory each: beyond it, something
    /// else than a few keys is broken, and the lane pauses.
    package static let parkedKeys = 100_000
    /// Largest event payload in bytes unless the operator sets another: 1 MiB, as NATS and Kafka.
    package static let defaultEventBytes = 1 << 20
    /// The same on NATS, whose servers take messages of 1 MiB with their headers.
    package static let defaultEventBytesOnNATS = defaultEventBytes - (64 << 10)
    /// Largest payload an operator may allow: 16 MiB keeps a frame of four within its bound.
    package static let eventBytesMaximum = 16 << 20
    /// Events in one batch, chunk or flush: beyond it a flush no longer gets cheaper by the event.
    package static let batchEvents = 512
    /// Payload bytes in one batch, chunk or flush; one larger event still makes a batch of its own.
    package static let batchBytes = 256 << 10
    /// Bytes of a chunk's records that are stored packed; more are stored as they are. A chunk is
    /// closed at `batchBytes`, so that none has twice the largest event's; a reader allocates no
    /// more, whatever a damaged chunk says.
    package static let packedChunkBytes = 2 * eventBytesMaximum
    /// Bytes of one frame between worker and function host.
    package static let frameBytes = 64 << 20
}
