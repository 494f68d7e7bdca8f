import MoonrailCore

/// Builds the record of a producer's event in a buffer that is used again for the next one.
///
/// The format is in `docs/formats.md`; producers' events have neither type, headers nor origin.
struct RecordDraft {
    private var bytes: [UInt8] = []

    /// Appends to `records` an event whose payload is JSON.
    ///
    /// - Parameters:
    ///   - id: at most `Bounds.idBytes`; empty for none.
    ///   - key: at most `Bounds.keyBytes`; nil for none.
    mutating func append(
        id: [UInt8], key: [UInt8]?, time: EventTime, payload: UnsafeRawBufferPointer,
        to records: inout EventRecords
    ) {
        let flags: EventRecord.Flags = key == nil ? .json : [.json, .keyed]
        let total = EventRecord.fixedBytes + id.count + (key?.count ?? 0) + payload.count
        bytes.removeAll(keepingCapacity: true)
        bytes.reserveCapacity(total)
        bytes.appendLittleEndian(UInt32(total - 4))
        bytes.append(flags.rawValue)
        bytes.append(0)
        bytes.appendLittleEndian(UInt16(key?.count ?? 0))
        bytes.appendLittleEndian(time.microseconds)
        bytes.appendLittleEndian(UInt16(0))
        bytes.appendLittleEndian(UInt16(0))
        bytes.appendLittleEndian(UInt16(id.count))
        bytes.appendLittleEndian(UInt16(0))
        bytes.append(contentsOf: id)
        if let key { bytes.append(contentsOf: key) }
        bytes.append(contentsOf: payload)
        bytes.withUnsafeBytes {
            guard let record = EventRecord(startOf: $0) else {
                preconditionFailure("a draft of checked lengths is a whole record")
            }
            records.append(record)
        }
    }
}
