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
    /// The timers that wait under the key; nil when none do.
    package var timers: [TimerMessage]?
    /// The change that made it, where the past was asked for.
    package var change: StateChangeMessage?

    enum CodingKeys: String, CodingKey {
        case key, partition, value, version, timers, change
        case keyBase64 = "key_base64"
    }

    package init(_ entry: FunctionStates.Entry) {
        key = String(validating: entry.key, as: UTF8.self)
        if key == nil { keyBase64 = Data(entry.key).base64EncodedString() }
        partition = entry.partition
        value = entry.value.flatMap { try? JSONValue(parsing: Array($0.json)) }
        version = entry.value?.version
        timers = TimerMessage.list(of: entry.value)
        change = entry.change.map(StateChangeMessage.init)
    }
}

/// A timer that waits under a state key.
package struct TimerMessage: Codable, Hashable, Sendable {
    package var name: String
    /// The event time at which it fires, RFC 3339.
    package var time: String

    /// - Returns: in the order of their names; nil when there are none.
    static func list(of value: StateValue?) -> [TimerMessage]? {
        guard let timers = value?.timers, !timers.isEmpty else { return nil }
        return timers.map {
            TimerMessage(
                name: String(decoding: $0.name, as: UTF8.self), time: $0.time.description)
        }
    }
}

/// What one event made of the state of a key.
package struct StateChangeMessage: Codable, Hashable, Sendable {
    /// Its place in the function's state station.
    package var offset: UInt64
    /// Nil: from then on the key had no state.
    package var value: JSONValue?
    package var version: UInt32?
    /// The timers that waited under the key from then on; nil when none did.
    package var timers: [TimerMessage]?
    /// `station/partition/offset` of the event.
    package var cause: String
    /// 64 hexadecimal digits.
    package var functionVersion: String
    /// The event's, RFC 3339.
    package var time: String

    enum CodingKeys: String, CodingKey {
        case offset, value, version, timers, cause, time
        case functionVersion = "function_version"
    }

    package init(_ change: FunctionStates.Change) {
        offset = change.offset
        value = change.value.flatMap { try? JSONValue(parsing: Array($0.json)) }
        version = change.value?.version
        timers = TimerMessage.list(of: change.value)
        cause = change.cause
        functionVersion = change.version.text
        time = change.time.description
    }
}

/// How many keys have state.
package struct StateCountMessage: Codable, Hashable, Sendable {
    package var keys: UInt64
}
