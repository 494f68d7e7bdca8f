/// Tells which files of a directory have settled: nobody is about to write on.
///
/// A pure value: it is told what a look at the directory saw and what was heard of single files,
/// and keeps for each file how long it has been as it is. A file whose writer closed it, or that
/// got its name from another, has settled at once; another after a quiet time. One that is gone
/// must stay away for a while: editors that save by renaming take it away for a moment. The files
/// of a function's own directory settle together, so that none runs without its `memphis.yaml`.
package struct SettlingFiles: Sendable {
    /// What tells one content of a file from another without reading it.
    package struct Mark: Hashable, Sendable {
        var bytes: Int64
        /// Nanoseconds of its last change, of the content and of the file.
        var modified: Int64
        var changed: Int64
        var inode: UInt64

        package init(bytes: Int64, modified: Int64, changed: Int64, inode: UInt64) {
            self.bytes = bytes
            self.modified = modified
            self.changed = changed
            self.inode = inode
        }
    }

    /// What was heard of a file.
    package enum Sound: Hashable, Sendable {
        /// Somebody writes into it.
        case written
        /// Its writer closed it, or it got its name.
        case closed
    }

    /// Without a sound a file has settled when it is as it was for so long: twice what a writer
    /// takes between two blocks, and short enough that a save still takes less than a second.
    package static let quiet = Duration.milliseconds(300)
    /// A file that was written and not closed: its writer may be slow, and may have been killed.
    package static let quietWhileOpen = Duration.seconds(5)
    /// How long a file must be gone to count as removed.
    package static let absence = Duration.milliseconds(400)

    private struct File {
        /// Nil when it is gone.
        var mark: Mark?
        var since: Duration
        var latest: Sound?
        /// Whether its present state was told as settled.
        var isTold = false
        /// Whether it was there when it last was told as settled.
        var wasThere = false
    }

    private var files: [String: File] = [:]
    private var isFirstLook = true

    package init() {}

    /// Takes note of a sound at `now`, the time since any moment that stays the same.
    package mutating func hear(_ sound: Sound, of name: String, at now: Duration) {
        var file = files[name] ?? File(mark: nil, since: now)
        file.latest = sound
        file.since = now
        file.isTold = false
        files[name] = file
    }

    /// Takes note of a look at all files.
    ///
    /// What is there at the first look has settled. A name that is new waits as long as one that
    /// is gone may come back: the two may be one file that is being renamed.
    ///
    /// - Returns: the names that have settled otherwise than they were told before.
    package mutating func look(_ seen: [String: Mark], at now: Duration) -> Set<String> {
        for (name, mark) in seen where files[name] == nil {
            files[name] = File(mark: mark, since: now)
        }
        for (name, var file) in files where file.mark != seen[name] {
            file.mark = seen[name]
            file.since = now
            file.isTold = false
            files[name] = file
        }
        defer { isFirstLook = false }
        let isMoving = files.values.contains {
            $0.wasThere && $0.mark == nil && !$0.isTold && now - $0.since < Self.absence
        }
        let restless = Set(
            files.filter { !$0.value.isTold && !hasSettled($0.value, at: now) }
                .compactMap { Self.ownDirectory(of: $0.key) })
        var settled: Set<String> = []
        for (name, var file) in files where !file.isTold {
            guard isFirstLook || hasSettled(file, at: now) else { continue }
            if !isFirstLook, let own = Self.ownDirectory(of: name), restless.contains(own) {
                continue
            }
            guard !isMoving || file.wasThere else { continue }
            if file.mark != nil || file.wasThere { settled.insert(name) }
            file.isTold = true
            file.latest = nil
            file.wasThere = file.mark != nil
            files[name] = file.mark == nil ? nil : file
        }
        return settled
    }

    private static func ownDirectory(of name: String) -> Substring? {
        let (directory, _) = FunctionPlaces.split(name)
        return directory.isEmpty || directory == FunctionPlaces.library ? nil : directory
    }

    private func hasSettled(_ file: File, at now: Duration) -> Bool {
        guard file.mark != nil else { return now - file.since >= Self.absence }
        return switch file.latest {
        case .closed: true
        case .written: now - file.since >= Self.quietWhileOpen
        case nil: now - file.since >= Self.quiet
        }
    }

    /// Whether a file has not settled yet: another look is due soon.
    package var isWaiting: Bool { files.values.contains { !$0.isTold } }
}
