/// The directory that holds events and positions.
struct DataDirectory {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// - Throws: `CommandFailure` when there is no such directory.
    func mustExist() throws(CommandFailure) {
        guard !FileCheck.exists(path) else { return }
        throw CommandFailure(
            .notFound,
            "the data directory '\(path)' does not exist; name another with --data, or create it "
                + "with moonrail run, produce or station create")
    }
}
