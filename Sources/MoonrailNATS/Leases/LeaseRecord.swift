import Foundation
import MoonrailCore

/// What stands under a key of the bucket of leases.
package enum LeaseRecord: Hashable, Sendable {
    /// A worker lives, and can run these lanes. Renewed while it does.
    case session(SessionID, SessionRecord)
    /// A session has the lane; nil: it was given back.
    case lane(LaneID, HolderRecord?)
    /// The session has ended in order.
    case ended(SessionID)

    private static let sessionPrefix = "session."
    private static let lanePrefix = "lane."

    package static func key(_ session: SessionID) -> String { sessionPrefix + session.text }

    package static func key(_ lane: LaneID) -> String {
        "\(lanePrefix)\(lane.function.text).\(lane.partition)"
    }

    /// - Parameter value: nil when the key was deleted.
    /// - Returns: nil for what this program does not know.
    package init?(key: String, value: [UInt8]?) {
        if key.hasPrefix(Self.sessionPrefix),
            let session = SessionID(String(key.dropFirst(Self.sessionPrefix.count)))
        {
            guard let value else {
                self = .ended(session)
                return
            }
            guard let record = Self.decoded(SessionRecord.self, value) else { return nil }
            self = .session(session, record)
        } else if key.hasPrefix(Self.lanePrefix), let dot = key.lastIndex(of: "."),
            let partition = UInt32(key[key.index(after: dot)...]),
            let function = try? FunctionName(String(key[..<dot].dropFirst(Self.lanePrefix.count)))
        {
            let record = value.flatMap { Self.decoded(HolderRecord.self, $0) }
            self = .lane(LaneID(function: function, partition: partition), record)
        } else {
            return nil
        }
    }

    private static func decoded<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(type, from: Data(bytes))
    }
}

/// What a worker says of itself.
package struct SessionRecord: Codable, Hashable, Sendable {
    /// Its name, for people.
    package var worker: String
    /// For each function the partitions whose lanes it can run.
    package var lanes: [String: [UInt32]]

    package init(worker: String, lanes: Set<LaneID>) {
        self.worker = worker
        self.lanes = Dictionary(grouping: lanes, by: \.function.text)
            .mapValues { $0.map(\.partition).sorted() }
    }

    /// The lanes, as far as their names are any.
    package var laneIDs: Set<LaneID> {
        var ids: Set<LaneID> = []
        for (name, partitions) in lanes {
            guard let function = try? FunctionName(name) else { continue }
            for partition in partitions {
                ids.insert(LaneID(function: function, partition: partition))
            }
        }
        return ids
    }

    package var encoded: [UInt8] { encodedJSON(self) }
}

/// Who has a lane. The number of the record's revision grows with every holder.
package struct HolderRecord: Codable, Hashable, Sendable {
    package var session: String
    /// Its worker's name, for people.
    package var worker: String

    package init(session: SessionID, worker: String) {
        self.session = session.text
        self.worker = worker
    }

    package var encoded: [UInt8] { encodedJSON(self) }
}

private func encodedJSON(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Texts and whole numbers can always be written.
    return (try? encoder.encode(value)).map(Array.init) ?? []
}
