import MoonrailCore

/// Keeps what the functions directory holds, as far as it has settled.
struct DirectoryWatch {
    /// Without news the directory is looked at so often: what inotify does not tell, such as a
    /// change on another machine's end of a network share, is found then.
    static let glance = Duration.seconds(2)
    /// Between two looks while something is about to settle.
    static let shortGlance = Duration.milliseconds(50)
    /// After news, so that files that are saved together are seen together.
    static let gathering = Duration.milliseconds(15)

    /// Directories of functions that are listened to: a glance finds the changes of others. The
    /// system allows a user some thousands of watches.
    static let ownDirectoriesMaximum = 1_000

    private let also: [String]
    private let sounds = DirectorySounds()
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var settling = SettlingFiles()
    private(set) var files: FunctionFiles

    /// - Parameter overrides: name scripts that need not lie directly in the directory.
    init(_ directory: FunctionDirectory, _ overrides: [FunctionName: FunctionOverrides]) {
        also = overrides.values.compactMap(\.script)
        files = FunctionFiles(directory)
        start = clock.now
    }

    /// Looks at the directory. Blocks for as long as it takes to read what changed.
    ///
    /// - Returns: whether `files` are others than before.
    mutating func look() -> Bool {
        let directory = files.directory
        sounds.watch(directory.path, prefix: "")
        sounds.watch(
            directory.path + "/" + FunctionPlaces.library, prefix: FunctionFiles.libraryPrefix)
        for own in directory.ownDirectories().prefix(Self.ownDirectoriesMaximum) {
            sounds.watch(directory.path + "/" + own, prefix: own + "/")
        }
        listen()
        let settled = settling.look(directory.marks(also: also), at: clock.now - start)
        var contents: [String: FunctionFiles.Content?] = [:]
        for name in settled { contents[name] = .some(directory.content(name)) }
        // What somebody began to write meanwhile may have been read half-way.
        let disturbed = listen()
        var isChanged = false
        for (name, content) in contents where !disturbed.contains(name) {
            guard files.contents[name] != content else { continue }
            files.set(name, content)
            isChanged = true
        }
        return isChanged
    }

    /// Takes note of what was heard, and answers which files it was of.
    @discardableResult
    private mutating func listen() -> Set<String> {
        var names: Set<String> = []
        for (name, sound) in sounds.take() where files.directory.isRelevant(name, also: also) {
            settling.hear(sound, of: name, at: clock.now - start)
            names.insert(name)
        }
        return names
    }

    /// Waits until another look is due, or the task is cancelled.
    func wait() async {
        let (clock, news) = (clock, sounds.news)
        let pause = settling.isWaiting ? Self.shortGlance : Self.glance
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await news.takeAll() != nil
            }
            group.addTask {
                try? await clock.sleep(for: pause, tolerance: pause / 4)
                return false
            }
            let hasNews = await group.next() ?? false
            group.cancelAll()
            if hasNews { try? await clock.sleep(for: Self.gathering) }
        }
    }
}
