import Hummingbird
import MoonrailCore

/// `GET /openapi.json`: what all routes take and answer.
enum OpenAPIRoute {
    /// To be called last: it tells of the routes that were added before, and of itself.
    static func add(to routes: inout RouteTable, version: String) {
        let declaration = RouteDeclaration(
            .get, "/openapi.json", access: .open, "Describes the API, as OpenAPI 3.1.",
            answers: [RouteAnswer(200, "The description.", [.json(.any)])])
        let documented = routes.declarations + [declaration]
        routes.add(declaration) { _, _ in
            try JSONAnswer.response(
                try OpenAPIDocument(routes: documented, version: version).json())
        }
    }
}
