import Foundation

/// An answer of JetStream's interface: what was asked for, or an error
/// (https://docs.nats.io/reference/reference-protocols/nats_api_reference).
struct JetStreamAnswer<Content: Decodable>: Decodable {
    private let content: Result<Content, BrokerFault>

    private enum Key: String, CodingKey {
        case error
    }

    private struct Failure: Decodable {
        let code: Int
        let err_code: Int?
        let description: String?
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let failure = try container.decodeIfPresent(Failure.self, forKey: .error) {
            content = .failure(
                .refused(
                    code: failure.code, number: failure.err_code ?? 0,
                    failure.description ?? "no reason"))
        } else {
            content = .success(try Content(from: decoder))
        }
    }

    /// - Throws: `refused`, `unreadable`.
    static func read(_ payload: some Collection<UInt8>) throws(BrokerFault) -> Content {
        let answer: Self
        do {
            answer = try JSONDecoder().decode(Self.self, from: Data(payload))
        } catch {
            throw .unreadable(String(decoding: payload.prefix(200), as: UTF8.self))
        }
        return try answer.content.get()
    }
}

/// What a stream answers to a message that it was given.
struct PublishAnswer: Decodable {
    let seq: UInt64
    let duplicate: Bool?
}

extension PublishReceipt {
    /// Reads an answer as servers write it, `{"stream":"S", "seq":12}`, without a JSON parser: there
    /// is one for every message published.
    ///
    /// - Returns: nil when it is another.
    init?(quickly payload: UnsafeRawBufferPointer) {
        let head: StaticString = "{\"stream\":\""
        let middle: StaticString = "\", \"seq\":"
        let duplicate: StaticString = ",\"duplicate\": true}"
        var place = 0
        guard payload.has(head, at: &place),
            let end = payload[place...].firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        place = end
        guard payload.has(middle, at: &place) else { return nil }
        var sequence: UInt64 = 0
        let start = place
        while place < payload.count, (0x30...0x39).contains(payload[place]), place - start < 19 {
            sequence = sequence * 10 + UInt64(payload[place] - 0x30)
            place += 1
        }
        guard place > start, place < payload.count else { return nil }
        if payload[place] == UInt8(ascii: "}") {
            self = .stored(sequence)
        } else if payload.has(duplicate, at: &place) {
            self = .duplicate(sequence)
        } else {
            return nil
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Steps over `text` where it stands at `place`.
    fileprivate func has(_ text: StaticString, at place: inout Int) -> Bool {
        let bytes = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard count - place >= bytes.count,
            self[place..<place + bytes.count].elementsEqual(bytes)
        else { return false }
        place += bytes.count
        return true
    }
}
