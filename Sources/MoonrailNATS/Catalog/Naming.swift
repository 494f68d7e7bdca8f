import MoonrailCore

/// What stations and lanes are called on the broker.
///
/// A station is a stream. Partition 2 of `orders.paid` is the subject `moonrail.orders.paid.2`, and
/// the stream of the station is `moonrail=orders=paid`, as names of streams hold no dots and those
/// of stations no `=`. Each lane has a stream of its own for its log,
/// `moonrail+lanes=FUNCTION=PARTITION` of the subject `moonrail+lanes.FUNCTION.PARTITION`: the
/// broker compares what a message expects to be last exactly for streams, not for subjects.
struct Naming: Hashable, Sendable {
    let prefix: String

    /// Matches the subjects of all stations.
    var stationSubjects: String { prefix + ".>" }
    /// Matches the subjects of all lanes.
    var laneSubjects: String { prefix + "+lanes.>" }

    func stream(of station: StationName) -> String {
        prefix + "=" + station.text.replacing(".", with: "=")
    }

    func subject(of station: StationName, _ partition: UInt32) -> String {
        "\(prefix).\(station.text).\(partition)"
    }

    /// The subjects of all partitions, by their numbers.
    func subjects(of station: StationName, partitions: UInt32) -> [String] {
        (0..<partitions).map { subject(of: station, $0) }
    }

    /// Matches the subjects of all partitions.
    func subjects(of station: StationName) -> String { "\(prefix).\(station.text).*" }

    /// The station of a stream; nil when it is none of this prefix.
    func station(ofStream name: String) -> StationName? {
        guard name.hasPrefix(prefix + "=") else { return nil }
        return try? StationName(
            String(name.dropFirst(prefix.count + 1)).replacing("=", with: "."))
    }

    /// The partition of a subject of the station; nil when it is none.
    func partition(of station: StationName, subject: String) -> UInt32? {
        let head = "\(prefix).\(station.text)."
        guard subject.hasPrefix(head) else { return nil }
        return UInt32(subject.dropFirst(head.count))
    }

    func laneStream(of lane: LaneID) -> String {
        "\(prefix)+lanes=\(lane.function.text.replacing(".", with: "="))=\(lane.partition)"
    }

    func laneSubject(of lane: LaneID) -> String {
        "\(prefix)+lanes.\(lane.function.text).\(lane.partition)"
    }

    /// Matches the subjects of a function's lanes.
    func laneSubjects(of function: FunctionName) -> String {
        "\(prefix)+lanes.\(function.text).*"
    }

    /// The lane of a subject; nil when it is none's.
    func lane(ofSubject subject: String) -> LaneID? {
        let head = prefix + "+lanes."
        guard subject.hasPrefix(head), let dot = subject.lastIndex(of: "."),
            let partition = UInt32(subject[subject.index(after: dot)...]),
            let function = try? FunctionName(String(subject[..<dot].dropFirst(head.count)))
        else { return nil }
        return LaneID(function: function, partition: partition)
    }

    /// Whether it can be a prefix: one token without `-` and `_`, so that no other prefix begins
    /// so.
    static func isPrefix(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }
}
