import Hummingbird
import Logging
import MoonrailCore
import MoonrailRuntime
import NIOHTTP1

/// Answers every error as a problem document.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = LocalRequestContext

    let logger: Logger

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var problem = problem(of: error, request: request, context.requestID)
            problem.facts["request_id"] = .string(context.requestID.text)
            var response = try JSONAnswer.response(
                problem, status: .init(code: problem.status), mediaType: Problem.mediaType)
            for header in problem.headers { response.headers.append(header) }
            return response
        }
    }

    /// The one place where an error becomes an answer.
    ///
    /// - Parameters:
    ///   - request: nil for what happened behind the routes.
    ///   - id: the request's, for the log.
    func problem(
        of error: any Error, request: Request? = nil, _ id: RequestID? = nil
    ) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as EngineError: return Problem(error)
        case let refusal as EventRefusal: return refusal.problem
        case let refused as ConsumerRefused: return Problem(refused)
        case let error as LaneUnavailable: return .laneUnavailable(error.description)
        case let error as DeploymentRefused: return .deploymentRefused(error.description)
        case let error as ResetRefused: return .resetRefused(error.description)
        case let error as HostError: return .unavailable(error.description)
        case let name as InvalidName: return .badRequest(name.description)
        case let error as HTTPError where error.status == .notFound:
            return .routeNotFound(
                request?.method.rawValue ?? "", request?.uri.path ?? "such route")
        case let error as any HTTPResponseError where error.status.code < 500:
            return Problem(
                "bad-request", title: "The request is not valid",
                status: Int(error.status.code), detail: error.status.reasonPhrase)
        case is HTTPParserError: return .malformed
        case is CancellationError:
            return .unavailable("the process that answers is shutting down")
        default:
            logger.error(
                "request failed unexpectedly",
                metadata: [
                    "request_id": "\(id?.text ?? "")",
                    "method": "\(request?.method.rawValue ?? "")",
                    "path": "\(request?.uri.path ?? "")",
                    "error": "\(error)",
                ])
            return .unexpected
        }
    }
}
