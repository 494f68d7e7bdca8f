import Hummingbird
import Logging
import MoonrailCore
import NIOCore
import ServiceLifecycle

/// How far a read has come, with the lines of its last batch.
struct LineStep: Sendable {
    var walk: EventWalk
    var writer: LineWriter
    /// Nil when there is nothing more, or nothing more just now.
    var lines: ByteBuffer?

    /// The step after this one.
    func next() async throws -> LineStep {
        var step = self
        step.lines = nil
        if let (events, count) = try await step.walk.next() {
            step.lines = step.writer.lines(of: events, count: count)
        }
        return step
    }
}

/// The lines of one read, on their way out.
struct LineStream: Sendable {
    let first: LineStep
    let logger: Logger

    /// Writes what there is, and ends.
    func finish(into output: inout any ResponseBodyWriter) async throws {
        _ = try await writeAll(from: first, into: &output)
        try await output.finish(nil)
    }

    /// Writes what there is and what comes, until the client leaves or the server stops.
    func follow(into output: inout any ResponseBodyWriter) async throws {
        var step = try await writeAll(from: first, into: &output)
        while step.walk.goesOn, !Task.isCancelled, !Task.isShuttingDownGracefully {
            let waiting = step.walk
            await cancelWhenGracefulShutdown { await waiting.wait() }
            step = try await writeAll(from: try await next(after: step), into: &output)
        }
        try await output.finish(nil)
    }

    /// Writes this step's lines and those of all that follow.
    ///
    /// - Returns: the step that had none.
    private func writeAll(
        from step: LineStep, into output: inout any ResponseBodyWriter
    ) async throws -> LineStep {
        var step = step
        while let lines = step.lines {
            // The next batch is read and laid out while this one goes to the client.
            let written = step
            async let following = next(after: written)
            try await output.write(lines)
            step = try await following
        }
        return step
    }

    private func next(after step: LineStep) async throws -> LineStep {
        do {
            return try await step.next()
        } catch let error as EngineError {
            // The head is out: all that is left is to break off, so that nobody takes it for all.
            logger.error("a read broke off", metadata: ["error": "\(error)"])
            throw error
        }
    }
}
