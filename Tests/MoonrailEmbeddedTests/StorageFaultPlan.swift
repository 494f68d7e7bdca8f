import Glibc
import MoonrailTestSupport
import StorageFaults

/// Storage calls of one store that fail while a test says so.
struct StorageFaultPlan {
    private let path: String

    private let isExact: Bool

    /// - Parameter isExact: whether files whose names only begin so, such as the log, are left out.
    init(_ directory: ScratchDirectory, file: String = "/store.sqlite", isExact: Bool = false) {
        path = directory.path + file
        self.isExact = isExact
    }

    /// Runs `body` while the calls of `kinds` from number `first` on fail, `count` of them.
    ///
    /// - Returns: how many failed, and how many were met.
    @discardableResult
    func failing(
        _ kinds: storage_call..., first: Int = 1, count: Int = .max / 4, error: CInt = EIO,
        dropping: Bool = false, holding: Bool = false, _ body: () async throws -> Void
    ) async rethrows -> (made: Int, met: Int) {
        storage_faults_set(
            path,
            storage_fault(
                calls: CInt(kinds.reduce(0) { $0 | $1.rawValue }), first: first, count: count,
                error: error, drops_unflushed: dropping ? 1 : 0, is_exact: isExact ? 1 : 0,
                holds: holding ? 1 : 0))
        defer { storage_faults_clear(path) }
        try await body()
        return (storage_faults_made(path), storage_faults_met(path))
    }

    /// Whether a call is held, or soon will be.
    func isHolding() async throws -> Bool {
        for _ in 0..<2_000 {
            if storage_faults_made(path) > 0 { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    /// Lets the calls go on that are held.
    func release() {
        storage_faults_release(path)
    }
}
