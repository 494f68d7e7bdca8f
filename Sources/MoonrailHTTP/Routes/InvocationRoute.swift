import FoundationEssentials
import Hummingbird
import MoonrailCore
import MoonrailRuntime
import NIOCore
import ServiceLifecycle

/// Streams what functions do, as it is settled: an `InvocationMessage` a line, and a
/// `MissedMessage` where invocations were lost. As server-sent events each line is one's data.
struct InvocationRoute: Sendable {
    /// Bytes of lines that are sent at once, at most one line more.
    private static let chunkBytes = 64 << 10

    let operations: Operations

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/v1/invocations", access: .operate,
                "Streams what functions do, as it is settled.",
                parameters: [
                    .query("function", .text(), "Only this function's."),
                    .query(
                        "status", .text(),
                        "Only those that ended so, several with commas between them: "
                            + Invocation.Status.allCases.map { "`\($0.rawValue)`" }
                            .joined(separator: ", ") + "."),
                    .query("sample", .text(), "A share of them: over 0 and at most 1."),
                ],
                answers: [
                    RouteAnswer(
                        200, "An invocation a line, and where some were lost how many.",
                        [
                            .lines(
                                .oneOf([
                                    .message(InvocationMessage.self), .message(MissedMessage.self),
                                ])), RouteContent(ReadForm.streamType, .text()),
                        ])
                ], problems: [404, 409])
        ) { request, context in try await watch(request, context.query) }
    }

    private func watch(_ request: Request, _ query: QueryParameters) async throws -> Response {
        let filter = InvocationFilter(
            function: try query.text("function").map { try FunctionName($0) },
            statuses: try query.choices("status"), sample: try query.share("sample") ?? 1)
        guard let feed = operations.invocations else { throw Problem.noWorker }
        if let function = filter.function {
            let known = await operations.functions.functions().map(\.name)
            guard known.contains(function) else {
                throw Problem.functionNotFound(function.text, known: known.map(\.text))
            }
        }
        let watch: InvocationWatch
        do {
            watch = try feed.watch(filter)
        } catch {
            throw Problem.tooManyWatchers(error.description)
        }
        // Whatever is settled from here on is shown: who has the answer's head may rely on it.
        let isStream = ReadForm.wantsStream(request)
        let mediaType = isStream ? ReadForm.streamType : LineFormat.json.mediaType
        return Response(
            status: .ok, headers: [.contentType: mediaType, .cacheControl: "no-store"],
            body: ResponseBody { output in
                // Only this tells when a client leaves while there is nothing to send it.
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await Self.follow(watch, asEvents: isStream, into: &output)
                }
            })
    }

    /// Writes what comes, until the worker has ended, the client leaves or the server stops.
    private static func follow(
        _ watch: InvocationWatch, asEvents isStream: Bool, into output: inout any ResponseBodyWriter
    ) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func write(_ message: some Encodable, into lines: inout ByteBuffer) throws {
            if isStream { lines.writeStaticString("data: ") }
            lines.writeBytes(try encoder.encode(message))
            lines.writeStaticString(isStream ? "\n\n" : "\n")
        }
        // A browser takes a stream for open once something of it has come.
        if isStream { try await output.write(ByteBuffer(string: ":\n\n")) }
        try await watch.forEach { run in
            var lines = ByteBuffer()
            if run.missed > 0 { try write(MissedMessage(missed: run.missed), into: &lines) }
            for invocation in run {
                try write(InvocationMessage(invocation), into: &lines)
                guard lines.readableBytes >= chunkBytes else { continue }
                try await output.write(lines)
                lines.clear()
            }
            if lines.readableBytes > 0 { try await output.write(lines) }
        }
        try await output.finish(nil)
    }
}
