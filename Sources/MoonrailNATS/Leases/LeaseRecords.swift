import Foundation
import MoonrailCore

/// The records of the bucket of leases and their keys: a key-value bucket as any client of NATS
/// reads it (https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-8.md).
package struct LeaseRecords: Sendable {
    let prefix: String

    /// A worker that is there.
    package struct Session: Codable, Hashable, Sendable {
        /// What it is called.
        var name: String
        /// Lanes that it can run, `function/partition`.
        var wants: [String]

        package init(name: String, wants: [String]) {
            self.name = name
            self.wants = wants
        }
    }

    /// Who has a lane.
    package struct Lane: Codable, Hashable, Sendable {
        var session: String

        package init(session: String) {
            self.session = session
        }
    }

    enum Key: Hashable {
        case session(String)
        case lane(LaneID)
    }

    var bucket: String { prefix + "-leases" }
    var stream: String { "KV_" + bucket }
    var subjects: String { "$KV.\(bucket).>" }

    func subject(of key: Key) -> String {
        switch key {
        case .session(let session): "$KV.\(bucket).session.\(session)"
        case .lane(let lane): "$KV.\(bucket).lane.\(lane.function.text).\(lane.partition)"
        }
    }

    func key(ofSubject subject: String) -> Key? {
        let head = "$KV.\(bucket)."
        guard subject.hasPrefix(head) else { return nil }
        let rest = subject.dropFirst(head.count)
        if rest.hasPrefix("session.") { return .session(String(rest.dropFirst(8))) }
        guard rest.hasPrefix("lane."), let dot = rest.lastIndex(of: "."),
            let lane = LaneID(
                text: rest[..<dot].dropFirst(5) + "/" + rest[rest.index(after: dot)...])
        else { return nil }
        return .lane(lane)
    }

    /// The bucket's stream: the last record of each key.
    func configuration(_ settings: BrokerSettings) -> StreamConfiguration {
        var configuration = StreamConfiguration(name: stream, subjects: [subjects])
        configuration.max_msgs_per_subject = 1
        configuration.storage = settings.storage.rawValue
        configuration.num_replicas = settings.replicas
        configuration.discard = "new"
        configuration.allow_rollup_hdrs = true
        configuration.deny_delete = true
        return configuration
    }
}
