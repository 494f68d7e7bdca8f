/// A batch of events as one buffer of event records and the places where they start.
///
/// Appending to it and reading from it allocate nothing per event.
package struct EventRecords: Sendable {
    /// The records, one after another.
    package internal(set) var bytes: [UInt8] = []
    /// Where each event's record starts in `bytes`.
    package internal(set) var starts: [Int] = []
    /// The origins that the records' origin blocks point into.
    package private(set) var origins: [Origin] = []

    package init() {}

    package var count: Int { starts.count }
    package var isEmpty: Bool { starts.isEmpty }

    package mutating func reserve(events: Int, bytes: Int) {
        starts.reserveCapacity(events)
        self.bytes.reserveCapacity(bytes)
    }

    /// Adds `origin` to the table unless it is there, and returns its index.
    package mutating func index(of origin: Origin) -> UInt16 {
        if let index = origins.firstIndex(of: origin) { return UInt16(index) }
        precondition(origins.count < Int(UInt16.max), "a batch has as many origins as it has lanes")
        origins.append(origin)
        return UInt16(origins.count - 1)
    }

    /// Calls `body` with a view of record number `index`; the view must not leave the call.
    @inline(__always)
    package func withRecord<Result>(
        _ index: Int, _ body: (EventRecord) throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBytes { try body(EventRecord(trusted: $0, at: starts[index])) }
    }

    /// Calls `body` with a view of every record in turn; the views must not leave the call.
    @inline(__always)
    package func forEachRecord(
        in range: Range<Int>? = nil, _ body: (Int, EventRecord) throws -> Void
    ) rethrows {
        try bytes.withUnsafeBytes { buffer in
            for index in range ?? 0..<count {
                try body(index, EventRecord(trusted: buffer, at: starts[index]))
            }
        }
    }

    /// Appends a copy of `record`, whose origin index (if it has one) already fits this batch.
    @inline(__always)
    package mutating func append(_ record: EventRecord) {
        starts.append(bytes.count)
        bytes.append(contentsOf: record.bytes)
    }

    /// Appends a copy of `record` from a batch whose table of origins is `origins`.
    @inline(__always)
    package mutating func append(_ record: EventRecord, origins: [Origin]) {
        let start = bytes.count
        append(record)
        guard let origin = record.origin else { return }
        let index = index(of: origins[origin.originIndex])
        bytes.storeLittleEndian(index, at: start + record.originStart + 10)
    }

    /// Appends `event` as a record without an origin; its fields keep the bounds of `Bounds`.
    ///
    /// - Parameter type: stands for the event's type where that is not UTF-8.
    package mutating func append(_ event: Event, type: [UInt8]? = nil) {
        append(event, idField: event.id?.field ?? [], origin: [], type: type)
    }

    /// Appends `event` as a record that `cause` made.
    ///
    /// - Parameter type: stands for the event's type where that is not UTF-8, so that the text's
    ///   bytes would not be the original's.
    package mutating func append(_ event: Event, cause: Cause, type: [UInt8]? = nil) {
        var origin: [UInt8] = []
        let causation = cause.causationID?.field ?? []
        let correlation = cause.correlationID?.field ?? []
        appendOriginFixed(
            to: &origin, offset: cause.offset, emission: cause.emission,
            originIndex: index(of: cause.origin),
            causation: (causation.count, cause.causationID?.isDerived ?? false),
            correlation: (correlation.count, cause.correlationID?.isDerived ?? false))
        append(
            event, idField: event.id?.field ?? [], origin: origin + causation + correlation,
            hops: cause.hops, type: type)
    }

    /// Appends the emission `record` with the id and cause it gets from its lane.
    ///
    /// - Parameters:
    ///   - derivedID: used unless the script gave the emission an id of its own.
    ///   - causation: id of the input event; empty when its position names it.
    ///   - hops: one more than its input event's.
    ///   - correlation: id of the first event of the chain; empty when that is the input event.
    @inline(__always)
    package mutating func appendEmission(
        _ record: EventRecord, derivedID: DerivedID, offset: UInt64, emission: UInt16,
        originIndex: UInt16, hops: UInt16, causation: EventRecord.IDField,
        correlation: EventRecord.IDField
    ) {
        starts.append(bytes.count)
        let givenID = record.idField
        let idBytes = givenID.isEmpty ? 16 : givenID.count
        let middle = record.keyTypeAndHeaders
        let payload = record.payload
        let originBytes =
            EventRecord.originFixedBytes + causation.bytes.count + correlation.bytes.count
        let total =
            EventRecord.fixedBytes + idBytes + middle.count + originBytes + payload.count
        var flags = record.flags
        if givenID.isEmpty { flags.insert(.derivedID) } else { flags.remove(.derivedID) }
        bytes.append(bytes: total) { writer in
            writer.put(UInt32(total - 4))
            writer.put(flags.rawValue)
            // Type, key and headers are the same, and so are their lengths.
            writer.put(record.fieldLengths)
            writer.put(UInt16(originBytes))
            writer.put(UInt16(idBytes))
            writer.put(hops)
            if givenID.isEmpty {
                // Big-endian, as text would read.
                writer.put(derivedID.high.byteSwapped)
                writer.put(derivedID.low.byteSwapped)
            } else {
                writer.put(givenID)
            }
            writer.put(middle)
            writer.put(offset)
            writer.put(emission)
            writer.put(originIndex)
            writer.put(causation.lengthField)
            writer.put(correlation.lengthField)
            writer.put(causation.bytes)
            writer.put(correlation.bytes)
            writer.put(payload)
        }
    }

    private mutating func append(
        _ event: Event, idField: [UInt8], origin: [UInt8], hops: UInt16 = 0,
        type: [UInt8]? = nil
    ) {
        let start = bytes.count
        starts.append(start)
        var flags: EventRecord.Flags = event.isJSON ? .json : []
        if event.key != nil { flags.insert(.keyed) }
        if event.id?.isDerived == true { flags.insert(.derivedID) }
        let type = type ?? Array((event.type ?? "").utf8)
        let headers = Self.headersBlock(event.headers)
        bytes.appendLittleEndian(UInt32(0))
        bytes.append(flags.rawValue)
        bytes.append(UInt8(type.count))
        bytes.appendLittleEndian(UInt16(event.key?.count ?? 0))
        bytes.appendLittleEndian(event.time.microseconds)
        bytes.appendLittleEndian(UInt16(headers.count))
        bytes.appendLittleEndian(UInt16(origin.count))
        bytes.appendLittleEndian(UInt16(idField.count))
        bytes.appendLittleEndian(hops)
        bytes.append(contentsOf: idField)
        if let key = event.key { bytes.append(contentsOf: key) }
        bytes.append(contentsOf: type)
        bytes.append(contentsOf: headers)
        bytes.append(contentsOf: origin)
        bytes.append(contentsOf: event.payload)
        bytes.storeLittleEndian(UInt32(bytes.count - start - 4), at: start)
    }

    static func headersBlock(_ headers: [Event.Header]) -> [UInt8] {
        var block: [UInt8] = []
        for header in headers {
            block.append(UInt8(header.name.utf8.count))
            block.appendLittleEndian(UInt16(header.value.utf8.count))
            block.append(contentsOf: header.name.utf8)
            block.append(contentsOf: header.value.utf8)
        }
        return block
    }
}

/// The 16 bytes in front of an origin block's ids.
private func appendOriginFixed(
    to bytes: inout [UInt8], offset: UInt64, emission: UInt16, originIndex: UInt16,
    causation: (count: Int, isDerived: Bool), correlation: (count: Int, isDerived: Bool)
) {
    bytes.appendLittleEndian(offset)
    bytes.appendLittleEndian(emission)
    bytes.appendLittleEndian(originIndex)
    for id in [causation, correlation] {
        bytes.appendLittleEndian(
            EventRecord.IDField.lengthField(id.count, isDerived: id.isDerived))
    }
}
