/// The fields of a record as they came from elsewhere, each as bytes that are there as long as it.
package struct RawRecord {
    /// What caused it.
    package struct Cause {
        package var offset: UInt64
        package var emission: UInt16
        /// In the table of the batch that the record is appended to.
        package var originIndex: UInt16
        package var causation: EventRecord.IDField
        package var correlation: EventRecord.IDField

        package init(
            offset: UInt64, emission: UInt16, originIndex: UInt16, causation: EventRecord.IDField,
            correlation: EventRecord.IDField
        ) {
            self.offset = offset
            self.emission = emission
            self.originIndex = originIndex
            self.causation = causation
            self.correlation = correlation
        }
    }

    package var isJSON: Bool
    package var time: EventTime
    package var hops: UInt16 = 0
    package var id: EventRecord.IDField
    package var key: UnsafeRawBufferPointer?
    package var type: UnsafeRawBufferPointer
    /// As a record holds them (`docs/formats.md`).
    package var headers: UnsafeRawBufferPointer
    package var cause: Cause?
    package var payload: UnsafeRawBufferPointer

    package init(
        isJSON: Bool, time: EventTime, id: EventRecord.IDField, key: UnsafeRawBufferPointer?,
        type: UnsafeRawBufferPointer, headers: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer
    ) {
        self.isJSON = isJSON
        self.time = time
        self.id = id
        self.key = key
        self.type = type
        self.headers = headers
        self.payload = payload
    }

    /// Whether its fields keep the bounds of records.
    package var isWithinBounds: Bool {
        id.bytes.count <= Bounds.idBytes && key?.count ?? 0 <= Bounds.keyBytes
            && type.count <= Bounds.typeBytes && headers.count <= Bounds.headersBytes
            && (!id.isDerived || id.bytes.count == 16)
            && payload.count <= Bounds.eventBytesMaximum
    }
}

extension EventRecords {
    /// Appends a record of these fields, which keep the bounds of records.
    package mutating func append(_ raw: RawRecord) {
        precondition(raw.isWithinBounds, "whoever reads fields from elsewhere checks them")
        var flags: EventRecord.Flags = raw.isJSON ? .json : []
        if raw.key != nil { flags.insert(.keyed) }
        if raw.id.isDerived { flags.insert(.derivedID) }
        let originBytes =
            raw.cause.map {
                EventRecord.originFixedBytes + $0.causation.bytes.count
                    + $0.correlation.bytes.count
            } ?? 0
        let total =
            EventRecord.fixedBytes + raw.id.bytes.count + (raw.key?.count ?? 0) + raw.type.count
            + raw.headers.count + originBytes + raw.payload.count
        starts.append(bytes.count)
        bytes.append(bytes: total) { writer in
            writer.put(UInt32(total - 4))
            writer.put(flags.rawValue)
            writer.put(UInt8(raw.type.count))
            writer.put(UInt16(raw.key?.count ?? 0))
            writer.put(raw.time.microseconds)
            writer.put(UInt16(raw.headers.count))
            writer.put(UInt16(originBytes))
            writer.put(UInt16(raw.id.bytes.count))
            writer.put(raw.hops)
            writer.put(raw.id.bytes)
            if let key = raw.key { writer.put(key) }
            writer.put(raw.type)
            writer.put(raw.headers)
            if let cause = raw.cause {
                writer.put(cause.offset)
                writer.put(cause.emission)
                writer.put(cause.originIndex)
                writer.put(cause.causation.lengthField)
                writer.put(cause.correlation.lengthField)
                writer.put(cause.causation.bytes)
                writer.put(cause.correlation.bytes)
            }
            writer.put(raw.payload)
        }
    }
}
