import Foundation
import MoonrailCore

/// One message of a stream, as its leader has it.
struct StreamMessage: Sendable {
    /// As JetStream's interface tells it: bytes in Base64.
    struct Stored: Decodable {
        let subject: String
        let seq: UInt64
        let data: Data?
        /// RFC 3339.
        let time: String
    }

    let subject: String
    let sequence: UInt64
    let time: EventTime
    let payload: [UInt8]

    init(_ stored: Stored) throws(BrokerFault) {
        guard let time = EventTime(stored.time) else {
            throw .unreadable("the time '\(stored.time)' of a message")
        }
        subject = stored.subject
        sequence = stored.seq
        self.time = time
        payload = Array(stored.data ?? Data())
    }
}
