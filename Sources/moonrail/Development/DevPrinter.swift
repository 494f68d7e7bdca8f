import Glibc
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime
import ServiceLifecycle

/// Shows what becomes of functions and what they do, until the worker has ended.
struct DevPrinter: Service {
    /// News that wait to be shown; more are left out, the oldest first.
    private static let newsKept = 1_024

    private let news: AsyncStream<FunctionNews>
    private let end: AsyncStream<FunctionNews>.Continuation
    private let overview: any FunctionOverview
    private let watch: InvocationWatch
    private let story: DevStory
    private let files: SavedFiles
    /// Called once the ready line is written.
    private let readied: @Sendable () -> Void

    /// What a worker tells its printer with.
    static func news() -> (AsyncStream<FunctionNews>, AsyncStream<FunctionNews>.Continuation) {
        AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(newsKept))
    }

    init(
        worker: Worker, news: (AsyncStream<FunctionNews>, AsyncStream<FunctionNews>.Continuation),
        place: DevStory.Place, readied: @escaping @Sendable () -> Void
    ) throws {
        (self.news, end) = news
        self.readied = readied
        overview = worker.overview
        watch = try worker.invocations.watch(InvocationFilter())
        story = DevStory(place, paint: .standardOutput)
        files = SavedFiles()
    }

    /// - Throws: `CommandFailure` when nobody reads what is shown.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await tellNews() }
            group.addTask {
                try await showInvocations()
                // The worker has ended: no more news come.
                end.finish()
            }
            try await group.waitForAll()
        }
        // It ends with the worker, of whose end the group may not know yet: to end before one was
        // asked to is a failure there.
        try? await gracefulShutdown()
    }

    private func tellNews() async throws {
        let output = StandardOutput()
        var story = story
        var isReady = false
        for await item in news {
            let statuses = await overview.functions()
            let text = story.text(item, statuses: statuses) { name in
                statuses.first { $0.name == name }.flatMap { files.age(of: $0.file) }
            }
            if !text.isEmpty { try await output.write(text) }
            if story.isTold, !isReady {
                isReady = true
                readied()
            }
        }
    }

    private func showInvocations() async throws {
        let output = StandardOutput()
        let layout = InvocationText(paint: .standardOutput, lineWidth: Terminal.width)
        try await watch.forEach { run in
            if run.missed > 0 {
                try await output.write(layout.text(MissedMessage(missed: run.missed)))
            }
            for invocation in run {
                try await output.write(layout.text(InvocationMessage(invocation)))
            }
        }
    }
}

/// When files were saved, of those that were saved since it was made.
private struct SavedFiles {
    private let start = Self.now

    /// How long ago; nil when it was before, or can't be told.
    func age(of file: String) -> Duration? {
        var status = stat()
        guard stat(file, &status) == 0 else { return nil }
        let saved = Self.duration(status.st_mtim)
        return saved > start ? max(.zero, Self.now - saved) : nil
    }

    /// The clock of the machine, as files are stamped with it.
    private static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return duration(time)
    }

    private static func duration(_ time: timespec) -> Duration {
        .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
