import Foundation
import MoonrailCore
import MoonrailRuntime

/// One line of `moonrail read --format json`, back as the event that it shows.
struct StoredEventLine {
    /// What stands on the line beside the payload.
    private struct Head: Decodable {
        let station: String
        let partition: UInt32
        let offset: UInt64
        let id: String
        let key: String?
        let keyBase64: String?
        let time: String
        let type: String?
        let headers: [String: String]
        let payloadBase64: String?

        enum CodingKeys: String, CodingKey {
            case station, partition, offset, id, key, time, type, headers
            case keyBase64 = "key_base64"
            case payloadBase64 = "payload_base64"
        }
    }

    /// Behind the headers, the payload is the line's last member. No string can hold these bytes:
    /// its quotes would be escaped.
    private static let payloadStart = Data(#"},"data":"#.utf8)

    /// What an event carries of its cause, which its handler does not see.
    private static let causes: Set<String> = [
        "causationid", "correlationid", "moonrailfunction", "moonrailgeneration", "moonrailinput",
    ]

    let input: DryRun.Input

    /// - Throws: what is wrong with the line.
    init(_ line: Data) throws {
        var head = line
        var payload: Data?
        if let start = line.firstRange(of: Self.payloadStart) {
            payload = line[start.upperBound..<(line.endIndex - 1)]
            head = line[..<start.lowerBound] + Data("}}".utf8)
        }
        let fields = try JSONDecoder().decode(Head.self, from: head)
        let station = try StationName(fields.station)
        let position = positionalID(
            station: station, partition: fields.partition, offset: fields.offset)
        let isEmitted = fields.headers["moonrailfunction"] != nil
        let headers = fields.headers.filter { !isEmitted || !Self.causes.contains($0.key) }
        guard let time = EventTime(fields.time),
            let payload = payload ?? fields.payloadBase64.flatMap({ Data(base64Encoded: $0) })
        else {
            throw CommandFailure(.failed, "an event of '\(station)' can't be read back")
        }
        let key =
            fields.key.map { Array($0.utf8) }
            ?? fields.keyBase64.flatMap { Data(base64Encoded: $0) }.map(Array.init)
        input = DryRun.Input(
            station: station, partition: fields.partition, offset: fields.offset,
            event: Event(
                id: fields.id == position ? nil : .text(fields.id), key: key, time: time,
                type: fields.type,
                headers: headers.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) },
                payload: Array(payload), isJSON: fields.payloadBase64 == nil))
    }
}
