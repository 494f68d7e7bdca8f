import Glibc

/// Who asks, and why.
package struct Asker: Hashable, Sendable {
    /// As the audit shows it: `ada (uid 1000)`, or `uid 1000` where no name is known.
    package var name: String
    /// From where, as the audit shows it: `socket`, or an address; nil for this process itself.
    package var from: String?
    package var because: String?

    package init(name: String, from: String? = nil, because: String? = nil) {
        self.name = name
        self.from = from
        self.because = because
    }
}

extension Asker {
    /// Whoever runs this process.
    package static let process = Asker(name: name(ofUser: geteuid()))

    /// Bytes of a user's entry; more is taken for no entry.
    private static let entryBytes = 16 << 10

    /// A user as the audit shows it. Blocks for as long as the system takes to look the name up.
    package static func name(ofUser uid: UInt32) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: entryBytes) { buffer in
            guard let start = buffer.baseAddress,
                getpwuid_r(uid, &entry, start, buffer.count, &found) == 0,
                found != nil, let name = entry.pw_name
            else { return "uid \(uid)" }
            return "\(String(cString: name)) (uid \(uid))"
        }
    }
}
