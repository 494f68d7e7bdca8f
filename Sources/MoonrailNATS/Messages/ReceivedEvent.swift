import MoonrailCore

/// Reads events out of the messages of a station's stream: of those that Moonrail wrote exactly
/// what it wrote, of others what their headers say.
///
/// It remembers the last function that emitted something, as the next event is often another of
/// its.
struct ReceivedEvent: Sendable {
    /// The last words of the header `Moonrail` that name an origin, and which it is.
    private var originText: [UInt8] = []
    private var origin: Origin?
    private var scratch: [UInt8] = []

    /// Appends the event of a message to `records`.
    ///
    /// - Parameter appended: when the stream took it: the time of an event without one.
    mutating func append(
        _ message: borrowing TakenMessage, appended: EventTime, to records: inout EventRecords
    ) {
        if let field = message.header("Moonrail"), appendExact(message, field, to: &records) {
            return
        }
        records.append(ForeignEvent.read(message, appended: appended))
    }

    /// - Returns: false when the header is none that Moonrail writes.
    private mutating func appendExact(
        _ message: borrowing TakenMessage, _ field: UnsafeRawBufferPointer,
        to records: inout EventRecords
    ) -> Bool {
        var words = HeaderWords(field)
        guard let letters = words.next(), letters.count == 7,
            letters[0] == EventMessage.format.asciiValue, let time = words.signed()
        else { return false }
        scratch.removeAll(keepingCapacity: true)
        let id = decoded(message.header("Nats-Msg-Id") ?? message.header("ce-id"), letters[2])
        let causation = decoded(message.header("ce-causationid"), letters[3])
        let correlation = decoded(message.header("ce-correlationid"), letters[4])
        let type = decoded(letters[5] == Self.present ? message.header("ce-type") : nil)
        let key = decoded(
            letters[6] == Self.keyed ? message.header("ce-partitionkey") : nil)
        let headers = decoded(headers: message.header("Moonrail-Headers"))
        var cause: (hops: UInt16, offset: UInt64, emission: UInt16, origin: UInt16)?
        if !words.isAtEnd {
            guard let hops = words.number(), let offset = words.number(),
                let emission = words.number(), let origin = origin(words.rest)
            else { return false }
            cause = (
                UInt16(clamping: hops), offset, UInt16(clamping: emission),
                records.index(of: origin)
            )
        }
        return scratch.withUnsafeBytes { scratch in
            func field(_ places: Range<Int>, _ letter: UInt8) -> EventRecord.IDField {
                EventRecord.IDField(
                    bytes: scratch.part(places), isDerived: letter == Self.derived)
            }
            var raw = RawRecord(
                isJSON: letters[1] == Self.json, time: EventTime(microseconds: time),
                id: field(id, letters[2]),
                key: letters[6] == Self.keyed ? scratch.part(key) : nil,
                type: scratch.part(type), headers: scratch.part(headers),
                payload: message.payload)
            if let cause {
                raw.hops = cause.hops
                raw.cause = RawRecord.Cause(
                    offset: cause.offset, emission: cause.emission, originIndex: cause.origin,
                    causation: field(causation, letters[3]),
                    correlation: field(correlation, letters[4]))
            }
            guard raw.isWithinBounds else { return false }
            records.append(raw)
            return true
        }
    }

    private static let json = UInt8(ascii: "j")
    private static let present = UInt8(ascii: "t")
    private static let derived = UInt8(ascii: "d")
    private static let none = UInt8(ascii: "-")
    private static let keyed = UInt8(ascii: "k")

    /// The bytes of an id of this kind, as places in `scratch`.
    private mutating func decoded(
        _ field: UnsafeRawBufferPointer?, _ kind: UInt8
    ) -> Range<Int> {
        let start = scratch.count
        guard let field, kind != Self.none else { return start..<start }
        guard kind == Self.derived else { return decoded(field) }
        for index in stride(from: 0, to: field.count - 1, by: 2) {
            guard let high = hexadecimalDigit(field[index]),
                let low = hexadecimalDigit(field[index + 1])
            else { break }
            scratch.append(high << 4 | low)
        }
        return start..<scratch.count
    }

    private mutating func decoded(_ field: UnsafeRawBufferPointer?) -> Range<Int> {
        let start = scratch.count
        if let field { appendPercentDecoded(field, to: &scratch) }
        return start..<scratch.count
    }

    /// The block of an event's headers, as places in `scratch`.
    private mutating func decoded(headers field: UnsafeRawBufferPointer?) -> Range<Int> {
        let start = scratch.count
        guard let field else { return start..<start }
        var words = HeaderWords(field)
        while let name = words.nextMaybeEmpty(), let value = words.nextMaybeEmpty() {
            let (name, value) = (percentDecoded(name), percentDecoded(value))
            scratch.append(UInt8(clamping: name.count))
            scratch.appendLittleEndian(UInt16(clamping: value.count))
            scratch += name
            scratch += value
        }
        return start..<scratch.count
    }

    /// The origin that the last words name.
    private mutating func origin(_ rest: UnsafeRawBufferPointer) -> Origin? {
        if let origin, rest.elementsEqual(originText) { return origin }
        let words = rest.split(separator: UInt8(ascii: " "))
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 5, let generation = UInt32(words[0]),
            let station = try? StationName(words[1]), let partition = UInt32(words[2]),
            let function = try? FunctionName(words[3])
        else { return nil }
        origin = Origin(
            function: function, version: FunctionVersion(text: words[4]), generation: generation,
            station: station, partition: partition)
        originText = Array(rest)
        return origin
    }
}

/// Words of a header's value, with one space in between.
struct HeaderWords {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { place >= bytes.count }

    /// What is behind the words so far.
    var rest: UnsafeRawBufferPointer { bytes.part(min(place, bytes.count)..<bytes.count) }

    /// The next word; nil when there is none.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard !isAtEnd else { return nil }
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: " ") { place += 1 }
        defer { place += 1 }
        return bytes.part(start..<place)
    }

    /// The next word if a space follows it.
    mutating func nextMaybeEmpty() -> UnsafeRawBufferPointer? {
        let start = place
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: " ") { end += 1 }
        guard end < bytes.count else { return nil }
        place = end + 1
        return bytes.part(start..<end)
    }

    mutating func number() -> UInt64? {
        guard let word = next(), !word.isEmpty, word.count <= 20 else { return nil }
        var number: UInt64 = 0
        for byte in word {
            guard (0x30...0x39).contains(byte) else { return nil }
            let (shifted, isOver) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOverAgain) = shifted.addingReportingOverflow(UInt64(byte - 0x30))
            guard !isOver, !isOverAgain else { return nil }
            number = sum
        }
        return number
    }

    mutating func signed() -> Int64? {
        let isNegative = place < bytes.count && bytes[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        guard let number = number() else { return nil }
        return isNegative
            ? (number <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- number) : nil)
            : Int64(exactly: number)
    }
}

/// The bytes that a percent-encoded text stands for; a `%` that no two digits follow is itself.
func percentDecoded(_ field: UnsafeRawBufferPointer) -> [UInt8] {
    var bytes: [UInt8] = []
    appendPercentDecoded(field, to: &bytes)
    return bytes
}

private func appendPercentDecoded(_ field: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    guard field.contains(UInt8(ascii: "%")) else {
        bytes.append(contentsOf: field)
        return
    }
    var index = 0
    while index < field.count {
        if field[index] == UInt8(ascii: "%"), index + 2 < field.count,
            let high = hexadecimalDigit(field[index + 1]),
            let low = hexadecimalDigit(field[index + 2])
        {
            bytes.append(high << 4 | low)
            index += 3
        } else {
            bytes.append(field[index])
            index += 1
        }
    }
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
