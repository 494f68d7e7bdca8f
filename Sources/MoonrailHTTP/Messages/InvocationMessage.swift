import MoonrailCore
import MoonrailRuntime

/// One event's way through a function, as it was settled.
package struct InvocationMessage: Codable, Hashable, Sendable {
    package var function: String
    /// The function's version, 64 hexadecimal digits.
    package var version: String
    /// Where the event was read.
    package var station: String
    package var partition: UInt32
    package var offset: UInt64
    package var event: EventMessage
    /// The word by which invocations are chosen.
    package var status: Invocation.Status
    /// `emitted`, `dropped`, `parked`, or why it failed: `rejected`, `raised`, `time-limit`, ...
    package var outcome: String
    /// The first of what was emitted, in order.
    package var emissions: [EmissionMessage]
    /// How many emissions there were in all.
    package var emissionCount: Int
    package var logs: [LogLineMessage]
    /// Why it failed; nil when it did not.
    package var message: String?
    package var traceback: String?
    /// The position of the failed event that it waits behind: `station/partition/offset`.
    package var behind: String?
    /// How long its handler took; nil where that is not known.
    package var microseconds: Double?

    enum CodingKeys: String, CodingKey {
        case function, version, station, partition, offset, event, status, outcome, emissions
        case emissionCount = "emission_count"
        case logs, message, traceback, behind, microseconds
    }

    package init(_ invocation: Invocation) {
        let partition = invocation.lane.partition
        function = invocation.lane.function.text
        version = invocation.version.text
        station = invocation.place.station.text
        self.partition = partition
        offset = invocation.place.offset
        event = EventMessage(invocation.input)
        status = invocation.status
        outcome =
            switch invocation.status {
            case .ok: "emitted"
            case .dropped, .parked: invocation.status.rawValue
            case .rejected, .error: invocation.fault?.kind.name ?? invocation.status.rawValue
            }
        emissions = invocation.emissions.map {
            EmissionMessage(station: $0.station.text, event: EventMessage($0.event))
        }
        emissionCount = invocation.emissionCount
        logs = invocation.logs.map(LogLineMessage.init)
        message = invocation.fault?.message
        traceback = invocation.fault?.traceback
        behind = invocation.behind.map {
            positionalID(station: $0.station, partition: partition, offset: $0.offset)
        }
        microseconds = invocation.duration.map { $0 / .microseconds(1) }
    }
}

/// An event that came of another, and the station that it is for.
package struct EmissionMessage: Codable, Hashable, Sendable {
    package var station: String
    package var event: EventMessage

    package init(station: String, event: EventMessage) {
        self.station = station
        self.event = event
    }
}

/// A line that a script logged.
package struct LogLineMessage: Codable, Hashable, Sendable {
    /// `debug`, `info`, `warning` or `error`.
    package var level: String
    package var text: String

    package init(_ line: RunReply.LogLine) {
        level = "\(line.level)"
        text = line.wholeText
    }
}

/// Stands between two invocations where some are missing: they came faster than they were taken.
package struct MissedMessage: Codable, Hashable, Sendable {
    /// Events whose invocations were not looked at.
    package var missed: Int

    package init(missed: Int) {
        self.missed = missed
    }
}
