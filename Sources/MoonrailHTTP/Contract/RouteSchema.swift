import MoonrailCore

/// What a value of the API looks like.
package indirect enum RouteSchema: Sendable {
    /// A message, whose schema is derived from how the type reads itself.
    case message(any (Decodable & Sendable).Type)
    case list(RouteSchema)
    /// Text; the most bytes that it may have, if there is a bound.
    case text(bytesMaximum: Int? = nil)
    /// A whole number.
    case number(ClosedRange<UInt64> = 0...UInt64(UInt32.max))
    /// `true` or `false`.
    case flag
    case choice([String])
    case oneOf([RouteSchema])
    /// Any JSON document.
    case any
    /// Bytes of any kind.
    case bytes
    /// A JSON Schema as it stands.
    case literal(JSONValue)
}

/// A body in one media type.
package struct RouteContent: Sendable {
    package let mediaType: String
    /// Of the whole body, or of each of its lines.
    package let schema: RouteSchema
    /// Whether the body is a document a line.
    package let isLines: Bool

    package init(_ mediaType: String, _ schema: RouteSchema, isLines: Bool = false) {
        self.mediaType = mediaType
        self.schema = schema
        self.isLines = isLines
    }

    package static func json(_ schema: RouteSchema) -> RouteContent {
        RouteContent("application/json", schema)
    }

    package static func json(_ type: any (Decodable & Sendable).Type) -> RouteContent {
        .json(.message(type))
    }

    /// A document of the schema a line.
    package static func lines(_ schema: RouteSchema) -> RouteContent {
        RouteContent("application/x-ndjson", schema, isLines: true)
    }

    /// A script.
    package static func script(bytesMaximum: Int) -> RouteContent {
        RouteContent("text/x-lua", .text(bytesMaximum: bytesMaximum))
    }
}

/// The body that a route takes, in one of several media types.
package struct RouteBody: Sendable {
    package let contents: [RouteContent]
    /// Most bytes that it may have.
    package let bytesMaximum: Int
    /// Whether it may be left out.
    package let isOptional: Bool

    package init(
        _ contents: [RouteContent], bytesMaximum: Int = IntakeBounds.settingsBytes,
        isOptional: Bool = false
    ) {
        self.contents = contents
        self.bytesMaximum = bytesMaximum
        self.isOptional = isOptional
    }

    /// A message; without members that are required it may be left out.
    package static func json(
        _ type: any (Decodable & Sendable).Type, isOptional: Bool = false
    ) -> RouteBody {
        RouteBody([.json(type)], isOptional: isOptional)
    }
}

/// An answer of a route that is no problem.
package struct RouteAnswer: Sendable {
    /// The HTTP status.
    package let status: Int
    package let summary: String
    /// Empty for an answer without a body.
    package let contents: [RouteContent]

    package init(_ status: Int, _ summary: String, _ contents: [RouteContent] = []) {
        self.status = status
        self.summary = summary
        self.contents = contents
    }

    /// 200 with a message.
    package static func json(
        _ type: any (Decodable & Sendable).Type, _ summary: String
    ) -> RouteAnswer {
        RouteAnswer(200, summary, [.json(type)])
    }

    /// 200 with a list of messages.
    package static func list(
        of type: any (Decodable & Sendable).Type, _ summary: String
    ) -> RouteAnswer {
        RouteAnswer(200, summary, [.json(.list(.message(type)))])
    }

    /// 200 with a document a line.
    package static func lines(_ schema: RouteSchema, _ summary: String) -> RouteAnswer {
        RouteAnswer(200, summary, [.lines(schema)])
    }
}
