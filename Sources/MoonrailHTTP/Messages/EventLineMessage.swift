import MoonrailCore

/// An event as a read writes it on a line (`JSONLineLayout`); whoever reads it may do so by this.
package struct EventLineMessage: Decodable, Hashable, Sendable {
    package var station: String
    package var partition: UInt32
    package var offset: UInt64
    /// Its own, or `station/partition/offset`.
    package var id: String
    /// Nil when it has none, or one that is no text.
    package var key: String?
    /// The key where it is not UTF-8.
    package var keyBase64: String?
    /// RFC 3339.
    package var time: String
    package var type: String?
    package var headers: [String: String]
    /// The payload where it is JSON.
    package var data: JSONValue?
    /// The payload where it is not.
    package var payloadBase64: String?

    enum CodingKeys: String, CodingKey {
        case station, partition, offset, id, key, time, type, headers, data
        case keyBase64 = "key_base64"
        case payloadBase64 = "payload_base64"
    }
}
