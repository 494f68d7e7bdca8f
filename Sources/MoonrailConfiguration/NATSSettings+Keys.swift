import MoonrailCore

extension NATSSettings {
    /// The keys of `nats`.
    static let keys: [SettingsKey<NATSSettings>] = [
        SettingsKey(
            "servers", \.servers, .brokers,
            "Servers of the broker: any that answers tells of the rest of its cluster.",
            override: SettingsOverride(
                "MOONRAIL_NATS_SERVERS", "--nats-servers", \.natsServers)),
        SettingsKey(
            "prefix", \.prefix, .brokerPrefix,
            "What all names on the broker begin with. Workers of one prefix share everything.",
            override: SettingsOverride("MOONRAIL_NATS_PREFIX", "--nats-prefix", \.natsPrefix)),
        SettingsKey(
            "credentials", \.credentials, .path,
            "A file with a JWT and its seed, as nsc writes it.", unset: "none",
            override: SettingsOverride(
                "MOONRAIL_NATS_CREDENTIALS", "--nats-credentials", \.natsCredentials)),
        SettingsKey(
            "user", \.user, .line, "The name to log in with.", unset: "none"),
        SettingsKey(
            "password_file", \.passwordFile, .path, "A file that holds the user's password.",
            unset: "none"),
        SettingsKey(
            "token_file", \.tokenFile, .path, "A file that holds a token to log in with.",
            unset: "none"),
        SettingsKey(
            "nkey", \.nkey, .line, "The public key to log in with, which begins with U.",
            unset: "none"),
        SettingsKey(
            "nkey_seed", \.nkeySeed, .path, "A file that holds the seed of that key.",
            unset: "none"),
        SettingsKey("tls", \.tls, keys: NATSTLSSettings.keys, "What connections are secured with."),
        SettingsKey(
            "replicas", \.replicas, .number(1...5),
            "Copies of each event of new stations, each on a server of its own."),
        SettingsKey(
            "storage", \.storage, .choice,
            "Where the broker keeps them: on disk, or in memory for what may be lost."),
        SettingsKey(
            "lease", \.lease, .duration(SettingsBounds.lease, example: "5s"),
            "After so long without a sign of life a worker's lanes go to others."),
        SettingsKey(
            "worker", \.worker, .workerName, "What other workers call this one.",
            unset: "host and process",
            override: SettingsOverride("MOONRAIL_WORKER", "--worker", \.worker)),
        SettingsKey(
            "timeout", \.timeout, .duration(SettingsBounds.brokerTimeout, example: "5s"),
            "How long an answer of the broker is waited for."),
    ]
}

extension NATSTLSSettings {
    /// The keys of `nats.tls`.
    static let keys: [SettingsKey<NATSTLSSettings>] = [
        SettingsKey(
            "ca", \.authorities, .path,
            "A PEM file: the authorities whose certificates the broker may have.",
            unset: "those of the machine"),
        SettingsKey(
            "certificate", \.certificate, .path,
            "A PEM file: the certificate that is shown to the broker.", unset: "none"),
        SettingsKey(
            "key", \.key, .path, "A PEM file: the key of the certificate.", unset: "none"),
    ]
}

extension ValueKind<[String]> {
    private static let brokerDemand =
        "a list of URLs such as nats://127.0.0.1:4222 or tls://nats.example:4222, without "
        + "passwords, \(SettingsBounds.brokers) at most"

    /// Servers; a text holds them with commas in between.
    static let brokers = ValueKind(brokerDemand) {
        $0.joined(separator: ",")
    } read: { node, subject, problems in
        let texts: [String?] =
            switch node.content {
            case .list(let nodes):
                nodes.map { node in
                    if case .scalar(let scalar) = node.content { scalar.string } else { nil }
                }
            case .scalar(let scalar):
                scalar.string?.split(separator: ",", omittingEmptySubsequences: false)
                    .map(String.init) ?? []
            default: []
            }
        let servers = texts.compactMap { $0.flatMap { isBroker($0) ? $0 : nil } }
        if servers.count == texts.count, (1...SettingsBounds.brokers).contains(servers.count) {
            return servers
        }
        // What stands there is not shown, as it may hold a password.
        problems.append(
            SettingsProblem(line: node.line, "\(subject) must be \(brokerDemand)"))
        return nil
    }

    private static func isBroker(_ text: String) -> Bool {
        for scheme in ["nats://", "tls://"] where text.hasPrefix(scheme) {
            // The same as of a page, but for the scheme.
            return OriginText.isOrigin("http://" + text.dropFirst(scheme.count))
        }
        return false
    }
}

extension ValueKind<String> {
    static let brokerPrefix = ValueKind("1 to 32 of a-z and 0-9") {
        $0
    } scalar: {
        $0.string.flatMap { text in
            let isFit =
                (1...32).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
            return isFit ? text : nil
        }
    }

    /// A text without anything that a terminal or a log would take for more.
    static let line = ValueKind("text of one line") {
        $0
    } scalar: {
        $0.string.flatMap { text in
            let isFit =
                (1...255).contains(text.utf8.count)
                && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            return isFit ? text : nil
        }
    }

    static let workerName = ValueKind("1 to 64 of letters, digits, '.', '-' and '_'") {
        $0
    } scalar: {
        $0.string.flatMap { text in
            let isFit =
                (1...64).contains(text.utf8.count)
                && text.allSatisfy {
                    $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0))
                }
            return isFit ? text : nil
        }
    }
}
