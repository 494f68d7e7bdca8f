import MoonrailCore
import MoonrailRuntime

/// A value that a route takes from its path, its query or its headers.
package struct RouteParameter: Sendable {
    package enum Place: String, Sendable { case path, query, header }

    package let name: String
    package let place: Place
    package let summary: String
    package let schema: RouteSchema
    package let isRequired: Bool

    package init(
        _ name: String, in place: Place, _ schema: RouteSchema, _ summary: String,
        isRequired: Bool = false
    ) {
        self.name = name
        self.place = place
        self.summary = summary
        self.schema = schema
        self.isRequired = isRequired
    }

    package static func query(
        _ name: String, _ schema: RouteSchema, _ summary: String, isRequired: Bool = false
    ) -> RouteParameter {
        RouteParameter(name, in: .query, schema, summary, isRequired: isRequired)
    }

    package static func header(
        _ name: String, _ schema: RouteSchema, _ summary: String, isRequired: Bool = false
    ) -> RouteParameter {
        RouteParameter(name, in: .header, schema, summary, isRequired: isRequired)
    }

    private static func path(
        _ name: String, _ schema: RouteSchema, _ summary: String
    ) -> RouteParameter {
        RouteParameter(name, in: .path, schema, summary, isRequired: true)
    }

    /// What may stand in braces in a route's path; it means the same in all of them.
    static let ofPaths: [RouteParameter] = [
        .path("station", .text(bytesMaximum: Bounds.stationNameBytes), "The station's name."),
        .path("function", .text(bytesMaximum: Bounds.functionNameBytes), "The function's name."),
        .path(
            "group", .text(bytesMaximum: ConsumerGroupName.bytesMaximum),
            "The consumer group's name."),
        .path("letter", .text(), "The dead letter's id."),
        .path("version", .text(), "The version, or the beginning of it that only it has."),
        .path("token", .text(), "The token's name."),
    ]
}

extension RouteParameter {
    static let file = RouteParameter.query(
        "file", .text(), "The script's file, as messages are to name it.")
    static let partition = RouteParameter.query(
        "partition", .number(), "The partition that is meant.")
    static let from = RouteParameter.query(
        "from", .text(),
        "Where to begin: `earliest`, `latest`, `-N` (the last N events), an offset, or a time such "
            + "as 2026-01-31T08:00:00Z.")
}
