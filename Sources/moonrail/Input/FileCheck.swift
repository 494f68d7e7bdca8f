import Glibc

/// Looks at the file system.
enum FileCheck {
    /// Whether something of this path exists, of whatever kind.
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}
