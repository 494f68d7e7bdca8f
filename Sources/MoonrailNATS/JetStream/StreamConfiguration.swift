import Foundation
import MoonrailCore

/// What a stream is declared to be, by the names of JetStream's interface; durations in
/// nanoseconds.
struct StreamConfiguration: Codable, Hashable, Sendable {
    var name: String
    var description: String?
    var subjects: [String]
    var retention = "limits"
    var max_consumers = -1
    var max_msgs: Int64 = -1
    var max_bytes: Int64 = -1
    var max_age: Int64 = 0
    var max_msgs_per_subject: Int64 = -1
    var max_msg_size: Int32 = -1
    var storage = "file"
    var discard = "old"
    var num_replicas = 1
    var duplicate_window: Int64 = 0
    var allow_rollup_hdrs: Bool?
    var deny_delete: Bool?

    init(name: String, subjects: [String]) {
        self.name = name
        self.subjects = subjects
    }
}

struct StreamInfo: Decodable, Sendable {
    let config: StreamConfiguration
    /// RFC 3339.
    let created: String
    let state: StreamState
}

/// All that a stream is declared to be, whether this engine knows it or not.
struct StreamFields: Decodable, Sendable {
    private let config: [String: JSONValue]

    /// The fields with what `change` does to those that this engine knows; nil when it does
    /// nothing.
    func changed(by change: (inout StreamConfiguration) -> Void) -> [String: JSONValue]? {
        guard let document = try? JSONEncoder().encode(config),
            var known = try? JSONDecoder().decode(StreamConfiguration.self, from: document)
        else { return nil }
        let before = Self.fields(of: known)
        change(&known)
        let changes = Self.fields(of: known).filter { before[$0.key] != $0.value }
        return changes.isEmpty ? nil : config.merging(changes) { $1 }
    }

    private static func fields(of configuration: StreamConfiguration) -> [String: JSONValue] {
        guard let document = try? JSONEncoder().encode(configuration),
            let fields = try? JSONDecoder().decode([String: JSONValue].self, from: document)
        else { return [:] }
        return fields
    }
}

struct StreamState: Decodable, Sendable {
    let messages: UInt64
    let bytes: UInt64
    let first_seq: UInt64
    let last_seq: UInt64
    /// Messages inside that are gone.
    let num_deleted: Int?
    /// Messages by their subjects, where that was asked for.
    let subjects: [String: UInt64]?
}

/// A consumer that is not told when messages were taken.
struct ConsumerConfiguration: Encodable, Sendable {
    var deliver_policy = "by_start_sequence"
    var opt_start_seq: UInt64?
    /// RFC 3339.
    var opt_start_time: String?
    var filter_subject: String
    var ack_policy = "none"
    var replay_policy = "instant"
    var headers_only: Bool?
    var num_replicas = 1
    var mem_storage = true
    /// How long it outlives the last question, in nanoseconds.
    var inactive_threshold: Int64
    /// Questions under way; nil for one that is not asked but tells by itself.
    var max_waiting: Int? = 8
    /// Where one tells by itself what it has.
    var deliver_subject: String?

    init(subject: String, inactive: Duration) {
        filter_subject = subject
        inactive_threshold = inactive.nanoseconds
    }
}

struct ConsumerInfo: Decodable, Sendable {
    let name: String
    /// Messages that it will give.
    let num_pending: UInt64
}

struct AccountInfo: Decodable, Sendable {
    let memory: UInt64
    let storage: UInt64
}
