import MoonrailCore

extension WebhookDefinition {
    /// The keys of one entry of `webhooks`.
    static let keys: [SettingsKey<WebhookDefinition>] = [
        SettingsKey(
            "from", \.givenFrom, .inputs, "Stations whose events are delivered.",
            unset: "required"),
        SettingsKey(
            "url", \.givenURL, .url, "Where each event is posted to; no redirect is followed.",
            unset: "required"),
        SettingsKey(
            "secret_file", \.secretFile, .orNone(.path),
            "A file with the secret that deliveries are signed with: `whsec_` and base64."),
        SettingsKey(
            "start", \.start, .choice, "Where it begins in stations that it has not read yet."),
        SettingsKey("timeout", \.timeout, .webhookTimeout, "How long one attempt may take."),
        SettingsKey(
            "attempts", \.retry.attempts, .number(1...RetryPolicy.attemptsMaximum),
            "Attempts before an event becomes a dead letter."),
        SettingsKey(
            "first_delay", \.retry.firstDelay, .retryDelay,
            "Pause before the second of them; each further one is twice as long."),
        SettingsKey("max_delay", \.retry.maximumDelay, .retryDelay, "The longest pause."),
    ]

    /// What an entry says, where it must; nil when it says nothing.
    private var givenFrom: [StationName]? {
        get { from.isEmpty ? nil : from }
        set { from = newValue ?? [] }
    }

    private var givenURL: String? {
        get { url.isEmpty ? nil : url }
        set { url = newValue ?? "" }
    }

    /// What an entry lacks; nil when nothing.
    @Sendable static func lack(of webhook: WebhookDefinition) -> String? {
        if webhook.from.isEmpty { return "'from' is missing; name the stations to deliver" }
        if webhook.url.isEmpty { return "'url' is missing; say where events are posted to" }
        return nil
    }
}

extension ValueKind<Duration> {
    fileprivate static let webhookTimeout = duration(
        WebhookDefinition.timeoutAllowed, example: "10s")
}

extension ValueKind<String> {
    /// An absolute URL of HTTP, without spaces, credentials and fragment.
    fileprivate static let url = ValueKind(
        "a URL that begins with http:// or https://, without a user's name and '#'"
    ) {
        $0
    } scalar: {
        $0.string.flatMap { text in
            guard text.utf8.count <= SettingsBounds.urlBytes,
                let scheme = ["http://", "https://"].first(where: text.hasPrefix),
                text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
            else { return nil }
            let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
            return host.isEmpty || host.contains("@") ? nil : text
        }
    }
}
