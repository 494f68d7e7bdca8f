import MoonrailCore

/// What the API takes and answers, as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1): made of
/// the declarations that its routes were added with.
package struct OpenAPIDocument {
    private let schemas = MessageSchemas()
    private let routes: [RouteDeclaration]
    private let version: String

    /// - Parameter version: Moonrail's.
    package init(routes: [RouteDeclaration], version: String) {
        self.routes = routes
        self.version = version
    }

    /// The document.
    ///
    /// - Throws: `MessageSchemas.Unknown` for a message whose schema can't be derived.
    package func json() throws -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] =
                try operation(of: route)
        }
        let problem = try schemas.schema(of: Problem.self)
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Moonrail", "version": .string(version),
                "summary": "Stations of events, and the functions that run over them.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths.mapValues(JSONValue.object)),
            "components": [
                "schemas": .object(schemas.components),
                "responses": .object(problems(problem)),
                "securitySchemes": ["bearer": Self.bearer],
            ],
        ]
    }

    private static let bearer: JSONValue = [
        "type": "http", "scheme": "bearer",
        "description": .string(
            "A token of `moonrail token create`. What an operation demands of it stands as the "
                + "role: `produce` and `consume` of the station in the path, `operate`, `admin`. "
                + "On the data directory's UNIX socket the user stands for it."),
    ]

    private func operation(of route: RouteDeclaration) throws -> JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .string(Self.id(of: route)), "summary": .string(route.summary),
            "tags": [.string(Self.tag(of: route))],
            "security": route.access == .open
                ? [] : [["bearer": [.string(route.access.rawValue)]]],
            "responses": try responses(of: route),
        ]
        if !route.parameters.isEmpty {
            operation["parameters"] = .array(try route.parameters.map(parameter))
        }
        if let body = route.body {
            operation["requestBody"] = [
                "required": .bool(!body.isOptional), "content": try content(body.contents),
                "description": .string("At most \(body.bytesMaximum) bytes."),
            ]
        }
        return .object(operation)
    }

    private func parameter(_ parameter: RouteParameter) throws -> JSONValue {
        [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "description": .string(parameter.summary),
            "required": .bool(parameter.isRequired),
            "schema": try schemas.schema(of: parameter.schema),
        ]
    }

    private func responses(of route: RouteDeclaration) throws -> JSONValue {
        var responses: [String: JSONValue] = [:]
        for answer in route.answers {
            var response: [String: JSONValue] = ["description": .string(answer.summary)]
            if !answer.contents.isEmpty { response["content"] = try content(answer.contents) }
            responses[String(answer.status)] = .object(response)
        }
        for status in route.problems {
            responses[String(status)] = [
                "$ref": .string("#/components/responses/Problem\(status)")
            ]
        }
        return .object(responses)
    }

    private func content(_ contents: [RouteContent]) throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        for content in contents {
            let schema = try schemas.schema(of: content.schema)
            // OpenAPI 3.1 has no word yet for what each line of a body is.
            members[content.mediaType] =
                content.isLines
                ? ["schema": ["type": "string"], "x-line-schema": schema] : ["schema": schema]
        }
        return .object(members)
    }

    private func problems(_ schema: JSONValue) -> [String: JSONValue] {
        let statuses = routes.reduce(into: Set<Int>()) { $0.formUnion($1.problems) }
        return Dictionary(
            uniqueKeysWithValues: statuses.map { status in
                let answer: JSONValue = [
                    "description": .string(Self.meaning(of: status)),
                    "content": [Problem.mediaType: ["schema": schema]],
                ]
                return ("Problem\(status)", answer)
            })
    }

    /// What a problem of this status says, whatever its type is.
    private static func meaning(of status: Int) -> String {
        switch status {
        case 400: "Something of the request can't be what was meant."
        case 401: "The token is missing or is not known."
        case 403: "The token does not allow it."
        case 404: "There is no such thing."
        case 405: "The path has other methods."
        case 408: "The request came too slowly."
        case 409: "It can't be done as things stand."
        case 412: "What was expected does not hold; nothing was done."
        case 413: "The body is too large."
        case 415: "The body is of no media type that the route takes."
        case 422: "The body is understood and can't be taken."
        case 429: "Too many requests at once; `Retry-After` says when to come again."
        case 431: "The request's head is too large."
        case 500: "Something failed that should not; the log says more."
        case 503: "It can't be done just now."
        case 507: "The disk is full."
        default: "A problem."
        }
    }

    /// `getV1StationsStation`
    private static func id(of route: RouteDeclaration) -> String {
        route.path.split { !$0.isLetter && !$0.isNumber }.reduce(
            route.method.rawValue.lowercased()
        ) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    /// The first part of the path behind the version.
    private static func tag(of route: RouteDeclaration) -> String {
        let parts = route.path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : "process"
    }
}

extension Problem: DescribedMessage {
    static func schema(_ schemas: MessageSchemas) -> JSONValue {
        [
            "type": "object", "required": ["type", "title", "status", "detail"],
            "properties": [
                "type": ["type": "string"], "title": ["type": "string"],
                "status": ["type": "integer", "minimum": 400, "maximum": 599],
                "detail": ["type": "string"], "request_id": ["type": "string"],
            ],
            // Facts of the problem, by its type.
            "additionalProperties": [:],
        ]
    }

    static var example: Problem { .unexpected }
}
