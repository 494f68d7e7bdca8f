/// Why a lane does not go on by itself. It stays so across restarts, until another version of the
/// function is deployed or somebody resumes it.
package struct LanePause: Hashable, Sendable {
    /// What ran when it was paused: another version may do better and is let try.
    package var version: FunctionVersion
    /// One or two sentences: what happened, and what to do.
    package var reason: String
    /// Whether a breaker tripped; known only to the process in which it did.
    package var isByBreaker: Bool

    package init(version: FunctionVersion, reason: String, isByBreaker: Bool = false) {
        self.version = version
        self.reason = reason
        self.isByBreaker = isByBreaker
    }
}

extension LanePause {
    /// The pause as a lane's value: the version and the reason, each as a u32 length,
    /// little-endian, and its text.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendText(version.text)
        bytes.appendText(reason)
        return bytes
    }

    /// - Returns: nil when the bytes are no pause.
    package init?(encoded bytes: [UInt8]) {
        let texts: (String, String)? = bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            guard let version = try? reader.text(), let reason = try? reader.text(),
                reader.remaining == 0
            else { return nil }
            return (version, reason)
        }
        guard let texts else { return nil }
        self.init(version: FunctionVersion(text: texts.0), reason: texts.1)
    }
}
