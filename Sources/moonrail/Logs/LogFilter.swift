import FoundationEssentials

/// Which logged lines are wanted.
struct LogFilter {
    /// The least level.
    let level: LoggedLine.Level
    /// Somewhere in the message or the fields, in whatever case; nil for everything.
    let search: String?

    func takes(_ line: LoggedLine) -> Bool {
        guard line.data.level >= level else { return false }
        guard let search = search?.lowercased() else { return true }
        return line.searched.lowercased().contains(search)
    }
}
