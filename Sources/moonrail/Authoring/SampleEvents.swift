import Foundation
import MoonrailConfiguration
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime

/// Events to try a function with.
enum SampleEvents {
    /// Most events of one try: they are held in memory, and nobody reads more.
    static let most: UInt = 10_000

    /// The last events of stations, of all their partitions together, in the order of their times.
    ///
    /// - Throws: `CommandFailure` when the data directory is missing; `Problem` when a station is.
    static func stored(
        in stations: [StationName], last count: UInt, _ settings: Settings
    ) async throws -> [DryRun.Input] {
        let connection = try APIConnection(settings, access: .reading)
        let lines = try await connection.withClient { client in
            var lines: [Data] = []
            for station in stations {
                let body = try await client.send(
                    .read(
                        station, from: "-\(count)", limit: nil, partition: nil, key: nil,
                        follows: false, format: .json))
                lines += Data(body.readableBytesView).split(separator: UInt8(ascii: "\n"))
            }
            return lines
        }
        return try lines.map { try StoredEventLine($0).input }
            .sorted { ($0.event.time, $0.place) < ($1.event.time, $1.place) }
            .suffix(Int(count))
    }

    /// The events of a file, one JSON document a line, as if they were the first of `station`.
    ///
    /// - Parameters:
    ///   - file: `-` for standard input.
    ///   - key: path of the key in a document.
    /// - Throws: `CommandFailure` when the file can't be read or a line is no event.
    static func file(
        _ file: String, of station: StationName, key: String?, _ settings: Settings
    ) async throws -> [DryRun.Input] {
        let slice = try await LineInput(path: file).whole(most: IntakeBounds.bodyBytes)
        var body = IntakeBody(slice.lines)
        // The time of tests, so that a try means the same on every day.
        var intake = try EventIntake(
            rules: .init(keyPath: key, eventBytes: settings.eventBytes),
            time: FunctionTest.Given.time)
        var inputs: [DryRun.Input] = []
        while let events = intake.nextSlice(of: &body) {
            for index in 0..<events.records.count {
                inputs.append(
                    DryRun.Input(
                        station: station, partition: 0, offset: UInt64(inputs.count),
                        event: events.records.withRecord(index) { $0.event }))
            }
        }
        if let refusal = intake.answer.refusals.first {
            throw CommandFailure(.failed, "\(file):\(refusal.line): \(refusal.reason)")
        }
        return inputs
    }
}

extension DryRun.Input {
    /// By which events of one time are ordered.
    fileprivate var place: Place { Place(station: station, partition: partition, offset: offset) }

    fileprivate struct Place: Comparable {
        let station: StationName
        let partition: UInt32
        let offset: UInt64

        static func < (left: Place, right: Place) -> Bool {
            (left.station, left.partition, left.offset)
                < (right.station, right.partition, right.offset)
        }
    }
}
