/// An event record without id and cause, in memory that the next one uses again: what is made by
/// the hundred thousand and not by a host.
struct RecordDraft: Sendable {
    private var bytes: [UInt8] = []

    /// Makes it the record of this JSON event; its fields keep the bounds of `Bounds`.
    ///
    /// - Parameter headers: the block of its headers.
    mutating func write(
        key: UnsafeRawBufferPointer, time: EventTime, type: StaticString, headers: [UInt8],
        payload: UnsafeRawBufferPointer
    ) {
        let flags: EventRecord.Flags = [.json, .keyed]
        let type = UnsafeRawBufferPointer(start: type.utf8Start, count: type.utf8CodeUnitCount)
        let total =
            EventRecord.fixedBytes + key.count + type.count + headers.count + payload.count
        bytes.removeAll(keepingCapacity: true)
        bytes.append(bytes: total) { writer in
            writer.put(UInt32(total - 4))
            writer.put(flags.rawValue)
            writer.put(UInt8(type.count))
            writer.put(UInt16(key.count))
            writer.put(time.microseconds)
            writer.put(UInt16(headers.count))
            // Neither origin, id, nor hops.
            writer.put(UInt16(0))
            writer.put(UInt16(0))
            writer.put(UInt16(0))
            writer.put(key)
            writer.put(type)
            headers.withUnsafeBytes { writer.put($0) }
            writer.put(payload)
        }
    }

    /// Calls `body` with a view of it, which must not leave the call.
    func withRecord<Result>(_ body: (EventRecord) -> Result) -> Result {
        bytes.withUnsafeBytes { body(EventRecord(trusted: $0, at: 0)) }
    }
}
