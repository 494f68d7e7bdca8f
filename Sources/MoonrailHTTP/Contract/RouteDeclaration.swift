import MoonrailCore

/// All that clients must know of a route: without one, no route can be added to the API.
package struct RouteDeclaration: Sendable {
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package let method: Method
    /// From the root, with parameters in braces: `/v1/stations/{station}`.
    package let path: String
    /// What it demands of whoever calls it.
    package let access: Access
    /// What it does, in a sentence.
    package let summary: String
    /// Those of the path first.
    package let parameters: [RouteParameter]
    /// Nil for a route that takes none.
    package let body: RouteBody?
    package let answers: [RouteAnswer]
    /// Statuses of the problems that it answers with, besides those that all routes have.
    private let ownProblems: Set<Int>

    /// - Parameters:
    ///   - parameters: those of the query and of headers; those of the path follow from it.
    ///   - answers: those that are no problems.
    ///   - problems: the statuses of problems that only some routes have, such as 409.
    package init(
        _ method: Method, _ path: String, access: Access, _ summary: String,
        parameters: [RouteParameter] = [], body: RouteBody? = nil, answers: [RouteAnswer],
        problems: Set<Int> = []
    ) {
        let names = Self.names(in: path)
        let ofPath = RouteParameter.ofPaths.filter { names.contains($0.name) }
        precondition(ofPath.count == names.count, "\(path) has a parameter that is not declared")
        precondition(
            ![.produce, .consume].contains(access) || names.contains("station"),
            "\(path) demands a scope of a station, and its path names none")
        self.method = method
        self.path = path
        self.access = access
        self.summary = summary
        self.parameters = ofPath + parameters
        self.body = body
        self.answers = answers
        ownProblems = problems
    }

    /// The parameters that the query may have.
    package var queryNames: [String] { parameters.filter { $0.place == .query }.map(\.name) }

    /// The statuses of all problems that it answers with.
    package var problems: Set<Int> {
        var statuses = ownProblems.union(Self.problemsOfAll)
        if access != .open { statuses.formUnion([401, 403]) }
        if parameters.contains(where: { $0.place == .path }) { statuses.insert(404) }
        if body != nil { statuses.formUnion(Self.problemsOfBodies) }
        return statuses
    }

    /// Unknown parameters, too many requests, too large a head, what nobody foresaw, and a process
    /// that leaves or can't be asked now.
    private static let problemsOfAll: Set<Int> = [400, 429, 431, 500, 503]
    /// It came too slowly, it is too large, it is of no media type that the route takes, and a disk
    /// without room for what it brings.
    private static let problemsOfBodies: Set<Int> = [408, 413, 415, 507]

    private static func names(in path: String) -> [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }
    }
}
