import Glibc
import MoonrailCore

/// How many files and connections this process may have open.
enum DescriptorLimit {
    /// What the store, hosts and watches of directories take besides connections.
    private static let others: rlim_t = 1_024

    /// Makes sure that connections leave enough for all else, as far as the system lets a process
    /// raise its own bound.
    ///
    /// - Throws: `CommandFailure` that says how to allow it.
    static func allow(connections: Int) throws(CommandFailure) {
        let wanted = rlim_t(connections) + others
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < wanted
        else { return }
        guard limit.rlim_max >= wanted else {
            throw CommandFailure(
                .usage,
                "http.connections is \(connections), for which the process needs \(wanted) open "
                    + "files; the system allows \(limit.rlim_max): raise that (ulimit -Hn), or "
                    + "lower http.connections")
        }
        limit.rlim_cur = wanted
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw CommandFailure(
                .unavailable,
                "\(wanted) open files are not allowed: \(String(cString: strerror(errno)))")
        }
    }
}
