import MoonrailCore

/// What somebody may do. As text: `produce:orders.*`, `consume:**`, `operate`, `admin`.
package enum Scope: Hashable, Sendable {
    /// Appending events to the stations that match.
    case produce(StationPattern)
    /// Reading the events of the stations that match.
    case consume(StationPattern)
    /// Reading everything of operations (stations, functions, lanes, dead letters, state, traces,
    /// logs), and changing what runs: reset, pause, retry, rollback.
    case operate
    /// Everything.
    case admin

    /// - Throws: `Problem` for a text that is no scope.
    package init(_ text: String) throws(Problem) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        do {
            switch (parts[0], parts.count) {
            case ("produce", 2): self = .produce(try StationPattern(String(parts[1])))
            case ("consume", 2): self = .consume(try StationPattern(String(parts[1])))
            case ("operate", 1): self = .operate
            case ("admin", 1): self = .admin
            default:
                throw Problem.badRequest(
                    "'\(text)' is no scope; use produce:PATTERN, consume:PATTERN, operate or admin")
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .badRequest("\(error)")
        }
    }

    /// Whether it includes what a route demands.
    ///
    /// - Parameter station: the station that the route's path names, if it names one.
    package func allows(_ access: Access, station: StationName?) -> Bool {
        switch (access, self) {
        case (.open, _), (_, .admin): true
        case (.produce, .produce(let pattern)), (.consume, .consume(let pattern)):
            station.map(pattern.matches) ?? false
        case (.operate, .operate): true
        default: false
        }
    }
}

extension Scope: CustomStringConvertible {
    package var description: String {
        switch self {
        case .produce(let pattern): "produce:\(pattern)"
        case .consume(let pattern): "consume:\(pattern)"
        case .operate: "operate"
        case .admin: "admin"
        }
    }
}

extension Scope: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = try Scope(try container.decode(String.self))
        } catch let problem as Problem {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: problem.detail)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// What a route demands of whoever calls it.
package enum Access: String, CaseIterable, Sendable {
    /// Nothing: anybody who reaches the server may call it.
    case open
    /// `Scope.produce` of the station in the path.
    case produce
    /// `Scope.consume` of the station in the path.
    case consume
    case operate, admin
}
