/// A look at one event record inside a buffer (the format is in `docs/formats.md`).
///
/// Valid only as long as the buffer; it copies nothing. The record's lengths were checked when the
/// view was made, so reading its fields can't run past its end.
package struct EventRecord {
    package static let fixedBytes = 24
    static let originFixedBytes = 16

    package let bytes: UnsafeRawBufferPointer

    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let json = Flags(rawValue: 1)
        package static let keyed = Flags(rawValue: 2)
        package static let derivedID = Flags(rawValue: 4)
    }

    /// The record at the start of `buffer`, which may hold more after it.
    ///
    /// - Returns: nil when the bytes there are no whole record with consistent lengths.
    package init?(startOf buffer: UnsafeRawBufferPointer) {
        guard buffer.count >= Self.fixedBytes else { return nil }
        let total = Int(buffer.littleEndian(UInt32.self, at: 0)) + 4
        guard total >= Self.fixedBytes, total <= buffer.count else { return nil }
        bytes = buffer.part(0, total)
        guard payloadStart <= total else { return nil }
        if originBytes > 0 {
            guard originBytes >= Self.originFixedBytes, causeIDsFit else { return nil }
        }
        if flags.contains(.derivedID) && idBytes != 16 { return nil }
    }

    /// The record at `start` of bytes that were checked before.
    init(trusted buffer: UnsafeRawBufferPointer, at start: Int) {
        bytes = buffer.part(start, Int(buffer.littleEndian(UInt32.self, at: start)) + 4)
    }

    package var flags: Flags { Flags(rawValue: bytes[4]) }
    package var time: EventTime {
        EventTime(microseconds: bytes.littleEndian(Int64.self, at: 8))
    }

    /// Functions that the chain of its causes went through, 0 for an event of a producer.
    package var hops: UInt16 { bytes.littleEndian(UInt16.self, at: 22) }

    var typeBytes: Int { Int(bytes[5]) }
    var keyBytes: Int { Int(bytes.littleEndian(UInt16.self, at: 6)) }
    var headersBytes: Int { Int(bytes.littleEndian(UInt16.self, at: 16)) }
    var originBytes: Int { Int(bytes.littleEndian(UInt16.self, at: 18)) }
    var idBytes: Int { Int(bytes.littleEndian(UInt16.self, at: 20)) }

    private var keyStart: Int { Self.fixedBytes + idBytes }
    private var headersStart: Int { keyStart + keyBytes + typeBytes }
    var originStart: Int { headersStart + headersBytes }
    private var payloadStart: Int { originStart + originBytes }

    /// The id's bytes: empty, UTF-8, or 16 raw bytes when `flags` say that it is derived.
    package var idField: UnsafeRawBufferPointer { bytes.part(Self.fixedBytes, idBytes) }
    package var key: UnsafeRawBufferPointer? {
        flags.contains(.keyed) ? bytes.part(keyStart, keyBytes) : nil
    }
    package var typeField: UnsafeRawBufferPointer {
        bytes.part(keyStart + keyBytes, typeBytes)
    }
    package var headersField: UnsafeRawBufferPointer { bytes.part(headersStart, headersBytes) }
    package var payload: UnsafeRawBufferPointer {
        bytes.part(payloadStart, bytes.count - payloadStart)
    }

    package var id: EventID? {
        idBytes == 0 ? nil : EventID(field: idField, derived: flags.contains(.derivedID))
    }

    package var type: String? {
        typeBytes == 0 ? nil : String(decoding: typeField, as: UTF8.self)
    }

    /// Calls `body` with each header's name and value until it returns false.
    package func forEachHeader(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool
    ) {
        let field = headersField
        var index = 0
        while index + 3 <= field.count {
            let nameBytes = Int(field[index])
            let valueBytes = Int(field.littleEndian(UInt16.self, at: index + 1))
            let next = index + 3 + nameBytes + valueBytes
            guard next <= field.count else { return }
            let name = field.part(index + 3, nameBytes)
            guard body(name, field.part(index + 3 + nameBytes, valueBytes)) else { return }
            index = next
        }
    }

    package var headers: [Event.Header] {
        var headers: [Event.Header] = []
        forEachHeader { name, value in
            headers.append(
                .init(
                    String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
            return true
        }
        return headers
    }

    /// The event as a value; its origin is left out.
    package var event: Event {
        Event(
            id: id, key: key.map(Array.init), time: time, type: type, headers: headers,
            payload: Array(payload), isJSON: flags.contains(.json))
    }
}

extension EventRecord {
    /// The fields of a record's origin block that are not in the shared `Origin`.
    package struct OriginFields {
        package let offset: UInt64
        package let emission: UInt16
        package let originIndex: Int
        /// Empty when the cause is named by its position.
        package let causation: IDField
        /// Empty when it equals the causation.
        package let correlation: IDField
    }

    /// An id's bytes with their kind.
    package struct IDField {
        package let bytes: UnsafeRawBufferPointer
        package let isDerived: Bool

        /// - Parameters:
        ///   - bytes: empty: there is none.
        ///   - isDerived: whether they are the 16 of one that was computed.
        package init(bytes: UnsafeRawBufferPointer, isDerived: Bool) {
            self.bytes = bytes
            self.isDerived = isDerived
        }

        package var id: EventID? {
            bytes.isEmpty ? nil : EventID(field: bytes, derived: isDerived)
        }

        /// Its length as an origin block holds it, with its kind.
        var lengthField: UInt16 { Self.lengthField(bytes.count, isDerived: isDerived) }

        static func lengthField(_ count: Int, isDerived: Bool) -> UInt16 {
            UInt16(count) | (isDerived ? derivedBit : 0)
        }
    }

    private static let derivedBit: UInt16 = 0x8000

    private var causeIDsFit: Bool {
        let lengths = causeIDLengths
        return originBytes == Self.originFixedBytes + lengths.causation + lengths.correlation
            && (!isDerivedID(at: originStart + 12) || lengths.causation == 16)
            && (!isDerivedID(at: originStart + 14) || lengths.correlation == 16)
    }

    private func isDerivedID(at index: Int) -> Bool {
        bytes.littleEndian(UInt16.self, at: index) & Self.derivedBit != 0
    }

    private var causeIDLengths: (causation: Int, correlation: Int) {
        let causation = bytes.littleEndian(UInt16.self, at: originStart + 12)
        let correlation = bytes.littleEndian(UInt16.self, at: originStart + 14)
        return (Int(causation & ~Self.derivedBit), Int(correlation & ~Self.derivedBit))
    }

    /// What caused this event; nil for an event that a producer appended.
    package var origin: OriginFields? {
        guard originBytes > 0 else { return nil }
        let start = originStart
        let lengths = causeIDLengths
        let idsStart = start + Self.originFixedBytes
        return OriginFields(
            offset: bytes.littleEndian(UInt64.self, at: start),
            emission: bytes.littleEndian(UInt16.self, at: start + 8),
            originIndex: Int(bytes.littleEndian(UInt16.self, at: start + 10)),
            causation: IDField(
                bytes: bytes.part(idsStart, lengths.causation),
                isDerived: isDerivedID(at: start + 12)),
            correlation: IDField(
                bytes: bytes.part(idsStart + lengths.causation, lengths.correlation),
                isDerived: isDerivedID(at: start + 14)))
    }
}

extension EventID {
    init(field: UnsafeRawBufferPointer, derived: Bool) {
        if derived {
            self = .derived(
                high: UInt64(bigEndian: field.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: field.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        } else {
            self = .text(String(decoding: field, as: UTF8.self))
        }
    }

    /// The id's bytes as a record holds them.
    package var field: [UInt8] {
        switch self {
        case .text(let text):
            return Array(text.utf8)
        case .derived(let high, let low):
            var bytes: [UInt8] = []
            bytes.append(contentsOf: withUnsafeBytes(of: high.bigEndian, Array.init))
            bytes.append(contentsOf: withUnsafeBytes(of: low.bigEndian, Array.init))
            return bytes
        }
    }

    package var isDerived: Bool {
        if case .derived = self { true } else { false }
    }
}
