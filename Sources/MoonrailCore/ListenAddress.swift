/// Where a server listens on the network: `127.0.0.1:7667`, `[::1]:7667`, `localhost:7667`.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A text that is no address, with the sentence to show.
    package struct Invalid: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// Longest host name (RFC 1035).
    private static let hostBytes = 253

    /// An IP address without brackets, or a name.
    package let host: String
    /// 0 for any that is free.
    package let port: Int

    /// - Throws: `Invalid` for what is no host and port.
    package init(_ text: String) throws(Invalid) {
        let invalid = Invalid(
            description: "'\(text)' is no address; write HOST:PORT, such as 127.0.0.1:7667 or "
                + "[::1]:7667")
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw invalid }
        var host = text[..<colon]
        if host.hasPrefix("[") && host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.utf8.contains(UInt8(ascii: ":")) else { throw invalid }
        } else if host.utf8.contains(UInt8(ascii: ":")) {
            throw invalid
        }
        guard (1...Self.hostBytes).contains(host.utf8.count),
            host.utf8.allSatisfy(Self.isOfHosts)
        else { throw invalid }
        self.host = host.lowercased()
        self.port = Int(port)
    }

    private static func isOfHosts(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// Whether only this machine can reach it. A name other than `localhost` is taken for one that
    /// others can reach, whatever it stands for just now.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The host as it stands in a URL.
    package var hostText: String { host.contains(":") ? "[\(host)]" : host }

    package var description: String { "\(hostText):\(port)" }
}
