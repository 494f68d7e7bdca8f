import Hummingbird
import MoonrailCore

/// An error as the API answers it: a problem document of RFC 9457.
package struct Problem: Error, Hashable, Sendable {
    package static let mediaType = "application/problem+json"

    /// A relative reference that names the kind of problem, such as `/problems/station-not-found`.
    package let type: String
    /// The kind in a few words; the same for every problem of one type.
    package let title: String
    /// The HTTP status.
    package let status: Int
    /// One sentence that says what happened and what to do.
    package let detail: String
    /// What programs may want to know besides, by the names of the document's members.
    package var facts: [String: JSONValue]
    /// Headers that its answer has besides; they are no part of the document.
    package let headers: HTTPFields

    /// - Parameter slug: the last part of `type`.
    package init(
        _ slug: String, title: String, status: Int, detail: String,
        facts: [String: JSONValue] = [:], headers: HTTPFields = [:]
    ) {
        type = "/problems/" + slug
        self.title = title
        self.status = status
        self.detail = detail
        self.facts = facts
        self.headers = headers
    }
}

extension Problem: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case type, title, status, detail
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        type = try members.decode(String.self, forKey: .type)
        title = try members.decode(String.self, forKey: .title)
        status = try members.decode(Int.self, forKey: .status)
        detail = try members.decode(String.self, forKey: .detail)
        let known = CodingKeys.allCases.map(\.rawValue)
        facts = try [String: JSONValue](from: decoder).filter { !known.contains($0.key) }
        headers = [:]
    }

    package func encode(to encoder: any Encoder) throws {
        try facts.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(type, forKey: .type)
        try members.encode(title, forKey: .title)
        try members.encode(status, forKey: .status)
        try members.encode(detail, forKey: .detail)
    }
}

extension Problem: CustomStringConvertible {
    package var description: String { detail }
}

extension Problem {
    /// Somebody asks who may not.
    static func notAllowed(uid: UInt32) -> Problem {
        Problem(
            "not-allowed", title: "The user may not ask", status: 403,
            detail: "user \(uid) may not use this data directory's API; the user of the process "
                + "that owns the directory and root may")
    }

    /// Somebody asks whom nobody knows.
    package static let notAuthenticated = Problem(
        "not-authenticated", title: "Nobody knows who asks", status: 401,
        detail: "the route needs a token; send it as: Authorization: Bearer TOKEN",
        headers: [.wwwAuthenticate: "Bearer"])

    /// Somebody asks who may not ask that.
    package static func scopeMissing(_ access: Access, station: StationName?) -> Problem {
        let scope =
            switch access {
            case .produce, .consume: access.rawValue + (station.map { ":\($0)" } ?? "")
            case .open, .operate, .admin: access.rawValue
            }
        return Problem(
            "scope-missing", title: "The token does not allow it", status: 403,
            detail: "the route needs the scope \(scope), which the token does not have")
    }

    /// A parameter, name or body that can't be what was meant.
    package static func badRequest(_ detail: String) -> Problem {
        Problem("bad-request", title: "The request is not valid", status: 400, detail: detail)
    }

    /// - Parameter known: the functions there are, of which the nearest is named.
    package static func functionNotFound(_ name: String, known: [String]) -> Problem {
        Problem(
            "function-not-found", title: "No such function", status: 404,
            detail: "function '\(name)' does not exist\(suggestion(for: name, among: known))")
    }

    package static func letterNotFound(_ id: String, of function: FunctionName) -> Problem {
        Problem(
            "letter-not-found", title: "No such dead letter", status: 404,
            detail: "function '\(function)' has no dead letter \(id); see: moonrail dead list "
                + "\(function) --status all")
    }

    package static func eventNotHeld(_ detail: String) -> Problem {
        Problem("event-not-held", title: "No such event", status: 404, detail: detail)
    }

    package static func stateUnknown(_ detail: String) -> Problem {
        Problem(
            "state-unknown", title: "The state can't be told", status: 404, detail: detail)
    }

    package static func resetRefused(_ detail: String) -> Problem {
        Problem("reset-refused", title: "It can't be moved so", status: 409, detail: detail)
    }

    package static func laneUnavailable(_ detail: String) -> Problem {
        Problem(
            "lane-unavailable", title: "The lane can't be asked now", status: 503, detail: detail)
    }

    package static func deploymentRefused(_ detail: String) -> Problem {
        Problem(
            "deployment-refused", title: "It can't be deployed so", status: 409, detail: detail)
    }

    /// What only a worker has, asked of another process.
    package static let noWorker = Problem(
        "no-worker", title: "No worker runs", status: 409,
        detail: "no worker runs on this data directory, so there is nothing to watch; start one "
            + "with: moonrail run")

    package static func tooManyWatchers(_ detail: String) -> Problem {
        Problem("too-many-watchers", title: "Too many watch", status: 503, detail: detail)
    }

    package static func routeNotFound(_ method: String, _ path: String) -> Problem {
        Problem(
            "route-not-found", title: "No such route", status: 404,
            detail: "the API has no \(method) \(path)")
    }

    /// A path that is there, asked with a method that it does not have.
    ///
    /// - Parameter allowed: those that it has, such as `GET, POST`.
    package static func methodNotAllowed(
        _ method: String, _ path: String, allowed: String
    ) -> Problem {
        Problem(
            "method-not-allowed", title: "The path has no such method", status: 405,
            detail: "the API has no \(method) \(path); it has \(allowed)",
            headers: [.allow: allowed])
    }

    package static func notReady(_ detail: String) -> Problem {
        Problem("not-ready", title: "The process is not ready", status: 503, detail: detail)
    }

    package static func stationInUse(_ name: StationName, by function: FunctionName) -> Problem {
        Problem(
            "station-in-use", title: "A function uses the station", status: 409,
            detail: "station '\(name)' is read or written by function '\(function)'; "
                + "remove the function first")
    }

    /// An append whose expectation does not hold.
    ///
    /// - Parameter actual: the offset that the expectation is about, nil for none.
    package static func unexpected(_ detail: String, partition: UInt32, actual: UInt64?) -> Problem
    {
        Problem(
            "expectation-failed", title: "The expectation does not hold", status: 412,
            detail: detail,
            facts: [
                "partition": .integer(Int64(partition)),
                "actual": actual.map { .integer(Int64(clamping: $0)) } ?? .null,
            ])
    }

    /// - Parameter limit: the bound that was met, in what the sentence counts.
    package static func tooLarge(_ detail: String, limit: Int? = nil) -> Problem {
        Problem(
            "too-large", title: "The request is too large", status: 413, detail: detail,
            facts: limit.map { ["limit": .integer(Int64($0))] } ?? [:])
    }

    package static func unavailable(_ detail: String) -> Problem {
        Problem("unavailable", title: "The store is not available", status: 503, detail: detail)
    }

    /// What nobody foresaw; the server's log tells more than the answer does.
    package static let unexpected = Problem(
        "unexpected", title: "Something unexpected happened", status: 500,
        detail: "the request failed unexpectedly; the log of the process that answered says why")
}

extension Problem {
    /// The one place where what an engine could not do becomes an answer.
    package init(_ error: EngineError) {
        let (slug, title, status): (String, String, Int) =
            switch error {
            case .stationNotFound: ("station-not-found", "No such station", 404)
            case .partitionNotFound: ("partition-not-found", "No such partition", 404)
            case .stationDiffers: ("station-differs", "The station has other settings", 409)
            case .claimLost: ("claim-lost", "The lane was claimed by another", 409)
            case .laneElsewhere: ("lane-elsewhere", "The lane runs on another worker", 409)
            case .inputWithdrawn: ("input-withdrawn", "The lane starts again", 503)
            case .emissionConflicts: ("emission-conflicts", "Emitted ids conflict", 409)
            case .corrupt: ("corrupt", "Stored data is damaged", 500)
            case .unavailable: ("unavailable", "The store is not available", 503)
            case .full: ("disk-full", "The disk is full", 507)
            case .exists: ("exists", "It exists already", 409)
            case .moved: ("moved", "It has moved meanwhile", 409)
            case .inUse: ("in-use", "The data directory is in use", 503)
            case .unsupported: ("unsupported", "This engine can't do it", 501)
            }
        self.init(slug, title: title, status: status, detail: error.description)
    }
}
