/// Events of producers, which have neither type, headers nor origin (format in `docs/formats.md`).
extension EventRecords {
    /// Appends an event whose payload is JSON, without a copy between the parts and the batch.
    ///
    /// - Parameters:
    ///   - id: at most `Bounds.idBytes`; empty for none.
    ///   - key: at most `Bounds.keyBytes`; nil for none.
    package mutating func append(
        id: [UInt8], key: [UInt8]?, time: EventTime, payload: UnsafeRawBufferPointer
    ) {
        let keyBytes = key?.count ?? 0
        precondition(
            id.count <= Bounds.idBytes && keyBytes <= Bounds.keyBytes,
            "an event's id and key were measured before")
        let total = EventRecord.fixedBytes + id.count + keyBytes + payload.count
        let flags: EventRecord.Flags = key == nil ? .json : [.json, .keyed]
        // The fixed fields as three words: one addition instead of nine.
        let fields = (
            (UInt64(UInt32(total - 4)) | UInt64(flags.rawValue) << 32 | UInt64(keyBytes) << 48)
                .littleEndian,
            time.microseconds.littleEndian,
            (UInt64(id.count) << 32).littleEndian
        )
        starts.append(bytes.count)
        withUnsafeBytes(of: fields) { bytes.append(contentsOf: $0) }
        id.withUnsafeBytes { bytes.append(contentsOf: $0) }
        if let key { key.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        bytes.append(contentsOf: payload)
    }
}
