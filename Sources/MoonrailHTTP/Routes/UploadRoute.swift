import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Takes scripts into the functions directory.
struct UploadRoute: Sendable {
    let operations: Operations

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .put, "/v1/functions/{function}/source", access: .admin,
                "Puts a script into the functions directory, once it compiles and its tests pass.",
                body: RouteBody(
                    [.script(bytesMaximum: FunctionLimits.sourceBytes)],
                    bytesMaximum: FunctionLimits.sourceBytes),
                answers: [.json(DeploymentMessage.self, "The version that it makes.")],
                problems: [409, 422])
        ) { request, context in
            try await upload(try context.functionName(), request, context)
        }
    }

    private func upload(
        _ name: FunctionName, _ request: Request, _ context: LocalRequestContext
    ) async throws -> Response {
        let source = try await JSONAnswer.bytes(of: request, most: FunctionLimits.sourceBytes)
        // Who may use the socket may write the directory's files anyway.
        guard operations.deploysOverNetwork || context.peer != nil else {
            throw Problem.uploadsNotAllowed
        }
        let version: FunctionVersion
        do {
            version = try await operations.deployment.upload(source, as: name)
        } catch {
            switch error {
            case .notSound(let why): throw Problem.scriptNotSound(why)
            case .noPlace(let why): throw Problem.deploymentRefused(why)
            }
        }
        await operations.audit.note(
            .uploaded, .function(name), version: version.text, by: await context.asker())
        return try JSONAnswer.response(
            DeploymentMessage(function: name.text, version: version.text, resumed: 0))
    }
}

extension Problem {
    fileprivate static let uploadsNotAllowed = Problem(
        "uploads-not-allowed", title: "Scripts are not taken over the network", status: 403,
        detail: "scripts are not taken over the network here; the setting 'deploy_over_network' "
            + "would allow it")

    /// A script that would not be deployed.
    fileprivate static func scriptNotSound(_ detail: String) -> Problem {
        Problem("script-not-sound", title: "The script is not sound", status: 422, detail: detail)
    }
}
