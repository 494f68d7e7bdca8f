import CNATS
import MoonrailCore

/// An answer of the broker, copied out of the library's memory.
struct BrokerMessage: Sendable {
    let payload: [UInt8]
}

/// A message that the library gave to this process, and which is given back at the end.
struct TakenMessage: ~Copyable {
    let pointer: OpaquePointer
    private let bin: MessageBin

    init(_ pointer: OpaquePointer, _ bin: MessageBin) {
        self.pointer = pointer
        self.bin = bin
    }

    deinit {
        bin.take(pointer, bytes: payload.count)
    }

    var payload: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: natsMsg_GetData(pointer), count: Int(natsMsg_GetDataLength(pointer)))
    }

    var copy: BrokerMessage { BrokerMessage(payload: Array(payload)) }

    /// Whether the server itself sent it, as nobody takes messages of the subject asked.
    var isNoResponders: Bool { natsMsg_IsNoResponders(pointer) }

    /// The two numbers behind `prefix` in its subject; the second is 0 where there is one alone.
    func numbers(behind prefix: String) -> (UInt64, Int)? {
        guard let subject = natsMsg_GetSubject(pointer) else { return nil }
        var place = subject + prefix.utf8.count
        guard let first = Self.number(&place) else { return nil }
        guard place.pointee == UInt8(ascii: ".") else { return (first, 0) }
        place += 1
        return Self.number(&place).map { (first, Int($0)) }
    }

    /// What a stream says of a message that it was given.
    var receipt: PublishReceipt {
        if isNoResponders { return .failed(.noResponders) }
        if let receipt = PublishReceipt(quickly: payload) { return receipt }
        switch Result(catching: { () throws(BrokerFault) in
            try JetStreamAnswer<PublishAnswer>.read(payload)
        }) {
        case .success(let answer):
            return answer.duplicate == true ? .duplicate(answer.seq) : .stored(answer.seq)
        case .failure(let fault):
            return .failed(fault)
        }
    }

    /// Where a message of a stream stands there, out of the subject to acknowledge it
    /// (https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md).
    var place: StreamPlace? {
        natsMsg_GetReply(pointer).flatMap { StreamPlace(acknowledgement: $0) }
    }

    /// A header's value; valid as long as the message.
    func header(_ name: StaticString) -> UnsafeRawBufferPointer? {
        var value: UnsafePointer<CChar>?
        let status = name.withUTF8Buffer { name in
            name.withMemoryRebound(to: CChar.self) {
                natsMsgHeader_Get(pointer, $0.baseAddress, &value)
            }
        }
        guard status == NATS_OK, let value else { return nil }
        return UnsafeRawBufferPointer(start: value, count: strlenOf(value))
    }

    /// The number of its status line, such as 404; nil when it has none.
    var status: Int? {
        header("Status").flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    static func number(_ place: inout UnsafePointer<CChar>) -> UInt64? {
        var number: UInt64 = 0
        let start = place
        while (0x30...0x39).contains(place.pointee) {
            let (shifted, isOver) = number.multipliedReportingOverflow(by: 10)
            guard !isOver else { return nil }
            number = shifted &+ UInt64(place.pointee - 0x30)
            place += 1
        }
        return place == start ? nil : number
    }
}

/// Where a message stands in its stream, and since when.
struct StreamPlace: Hashable, Sendable {
    let sequence: UInt64

    /// Its offset: sequence numbers begin at 1, offsets at 0.
    var offset: UInt64 { sequence - 1 }

    /// The sequence number of an offset; one far behind all that there are for what is none.
    static func sequence(ofOffset offset: UInt64) -> UInt64 {
        min(offset, UInt64(Int64.max) - 1) + 1
    }

    /// Its number among those that its consumer gave, from 1.
    let delivery: UInt64
    let time: EventTime
    /// Messages of the consumer's subject that come after it.
    let pending: UInt64

    init(sequence: UInt64, delivery: UInt64, time: EventTime, pending: UInt64) {
        self.sequence = sequence
        self.delivery = delivery
        self.time = time
        self.pending = pending
    }

    /// `$JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<time>.
    /// <pending>`, with a domain and an account in front of the stream on some servers.
    init?(acknowledgement subject: UnsafePointer<CChar>) {
        var starts: [UnsafePointer<CChar>] = []
        starts.reserveCapacity(13)
        var place = subject
        starts.append(place)
        while place.pointee != 0 {
            if place.pointee == UInt8(ascii: ".") { starts.append(place + 1) }
            place += 1
        }
        let shift: Int
        switch starts.count {
        case 9: shift = 0
        case 11...: shift = 2
        default: return nil
        }
        guard let sequence = TakenMessage.number(&starts[5 + shift]), sequence > 0,
            let delivery = TakenMessage.number(&starts[6 + shift]),
            let nanoseconds = TakenMessage.number(&starts[7 + shift]),
            let pending = TakenMessage.number(&starts[8 + shift])
        else { return nil }
        self.init(
            sequence: sequence, delivery: delivery,
            time: EventTime(microseconds: Int64(nanoseconds / 1_000)),
            pending: pending)
    }
}

func strlenOf(_ text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    return count
}
