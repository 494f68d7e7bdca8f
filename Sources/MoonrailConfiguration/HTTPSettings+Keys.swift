import MoonrailCore

extension HTTPSettings {
    /// The keys of `http`.
    static let keys: [SettingsKey<HTTPSettings>] = [
        SettingsKey(
            "listen", \.listen, .address,
            "Where the worker serves the API on the network; port 0 takes any that is free. "
                + "Elsewhere than on loopback it needs `tls` and a token.",
            unset: "nowhere",
            override: SettingsOverride("MOONRAIL_LISTEN", "--listen", \.listen)),
        SettingsKey(
            "hosts", \.hosts, .hosts,
            "Names besides its own address under which clients of this machine may ask for it."),
        SettingsKey(
            "origins", \.origins, .origins,
            "Pages of which origins may call the API from a browser."),
        SettingsKey(
            "connections", \.connections, .number(SettingsBounds.connections),
            "Connections at a time; more are answered with 503."),
        SettingsKey(
            "deploy", \.deploy, .truth,
            "Whether scripts are taken into the functions directory from tokens with `admin`."),
        SettingsKey("tls", \.tls, keys: TLSSettings.keys, "Certificates of the server."),
    ]
}

extension TLSSettings {
    /// The keys of `http.tls`.
    static let keys: [SettingsKey<TLSSettings>] = [
        SettingsKey(
            "certificate", \.certificate, .path,
            "A PEM file: the server's certificate, and those between it and its authority.",
            unset: "none"),
        SettingsKey(
            "key", \.key, .path, "A PEM file: the key of the certificate.", unset: "none"),
        SettingsKey(
            "client_authorities", \.clientAuthorities, .path,
            "A PEM file: the authorities of clients' certificates.", unset: "none is asked for"),
        SettingsKey(
            "client_certificates", \.clientCertificates, .choice,
            "Whether clients must show a certificate where authorities are given."),
    ]
}

extension ClientSettings {
    /// The keys of `client`.
    static let keys: [SettingsKey<ClientSettings>] = [
        SettingsKey(
            "server", \.server, .server, "The worker that commands ask, over the network.",
            unset: "the one of the data directory",
            override: SettingsOverride("MOONRAIL_SERVER", "--server", \.server)),
        SettingsKey(
            "token_file", \.tokenFile, .path, "A file that holds the token for it.",
            unset: "none",
            override: SettingsOverride("MOONRAIL_TOKEN_FILE", "--token-file", \.tokenFile)),
        SettingsKey(
            "authorities", \.authorities, .path,
            "A PEM file: the authorities whose certificates the server may have.",
            unset: "those of the machine",
            override: SettingsOverride("MOONRAIL_AUTHORITIES", "--authorities", \.authorities)),
        SettingsKey(
            "certificate", \.certificate, .path,
            "A PEM file: the certificate that commands show.", unset: "none",
            override: SettingsOverride(
                "MOONRAIL_CERTIFICATE", "--certificate", \.certificate)),
        SettingsKey(
            "key", \.key, .path, "A PEM file: the key of the certificate.", unset: "none",
            override: SettingsOverride("MOONRAIL_KEY", "--certificate-key", \.certificateKey)),
    ]
}

extension ValueKind<ListenAddress> {
    static let address = ValueKind("an address such as 127.0.0.1:7667 or [::1]:7667") {
        $0.description
    } scalar: {
        $0.string.flatMap { try? ListenAddress($0) }
    }
}

extension ValueKind<String> {
    /// Of a server: scheme, host and port.
    static let server = ValueKind("a URL such as https://moonrail.example:7667") {
        $0
    } scalar: {
        $0.string.flatMap { OriginText.isOrigin($0) ? $0 : nil }
    }
}

extension ValueKind<[String]> {
    static let origins = texts(
        "a list of origins such as https://console.example", OriginText.isOrigin)

    static let hosts = texts("a list of host names such as moonrail.example") { text in
        (1...253).contains(text.utf8.count) && OriginText.isHost(text)
    }

    private static func texts(
        _ demand: String, _ isValid: @escaping @Sendable (String) -> Bool
    ) -> ValueKind {
        ValueKind("\(demand), \(SettingsBounds.origins) at most") {
            $0.isEmpty ? "[]" : $0.joined(separator: ", ")
        } read: { node, subject, problems in
            if case .list(let nodes) = node.content, nodes.count <= SettingsBounds.origins {
                let texts = nodes.compactMap { node -> String? in
                    guard case .scalar(let scalar) = node.content else { return nil }
                    return scalar.string.flatMap { isValid($0) ? $0 : nil }
                }
                if texts.count == nodes.count { return texts }
            }
            problems.append(
                node.mustBe("\(demand), \(SettingsBounds.origins) at most", subject))
            return nil
        }
    }
}

/// What is the same of all pages of one site: scheme, host and port (RFC 6454).
enum OriginText {
    static func isOrigin(_ text: String) -> Bool {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            var host = text.dropFirst(scheme.count)
            if host.last != "]", let colon = host.lastIndex(of: ":") {
                guard UInt16(host[host.index(after: colon)...]) != nil else { return false }
                host = host[..<colon]
            }
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
                return !host.isEmpty && host.allSatisfy { $0.isHexDigit || $0 == ":" }
            }
            return isHost(String(host))
        }
        return false
    }

    static func isHost(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
