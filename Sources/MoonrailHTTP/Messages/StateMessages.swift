import FoundationEssentials
import MoonrailCore
import MoonrailRuntime

/// The state of one key.
package struct StateMessage: Codable, Hashable, Sendable {
    /// Nil for a key that is no text.
    package var key: String?
    package var keyBase64: String?
    package var partition: UInt32
    /// Nil: the key has no state.
    package var value: JSONValue?
    /// The `state.version` of the script that wrote it.
    package var version: UInt32?
    /// The change that made it, where the past was asked for.
    package var change: StateChangeMessage?

    enum CodingKeys: String, CodingKey {
        case key, partition, value, version, change
        case keyBase64 = "key_base64"
    }

    package init(_ entry: FunctionStates.Entry) {
        key = String(validating: entry.key, as: UTF8.self)
        if key == nil { keyBase64 = Data(entry.key).base64EncodedString() }
        partition = entry.partition
        value = entry.value.flatMap { try? JSONValue(parsing: Array($0.json)) }
        version = entry.value?.version
        change = entry.change.map(StateChangeMessage.init)
    }
}

/// What one event made of the state of a key.
package struct StateChangeMessage: Codable, Hashable, Sendable {
    /// Its place in the function's state station.
    package var offset: UInt64
    /// Nil: from then on the key had no state.
    package var value: JSONValue?
    package var version: UInt32?
    /// `station/partition/offset` of the event.
    package var cause: String
    /// 64 hexadecimal digits.
    package var functionVersion: String
    /// The event's, RFC 3339.
    package var time: String

    enum CodingKeys: String, CodingKey {
        case offset, value, version, cause, time
        case functionVersion = "function_version"
    }

    package init(_ change: FunctionStates.Change) {
        offset = change.offset
        value = change.value.flatMap { try? JSONValue(parsing: Array($0.json)) }
        version = change.value?.version
        cause = change.cause
        functionVersion = change.version.text
        time = change.time.description
    }
}

/// How many keys have state.
package struct StateCountMessage: Codable, Hashable, Sendable {
    package var keys: UInt64
}
