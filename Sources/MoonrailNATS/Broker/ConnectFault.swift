import CNATS
import MoonrailCore

extension EngineError {
    /// Why no server of the broker let this side in.
    ///
    /// - Parameters:
    ///   - status: of the attempt.
    ///   - details: the library's own words.
    static func noConnection(
        _ settings: BrokerSettings, _ status: natsStatus, _ details: String
    ) -> EngineError {
        // They begin with the place in the library's source.
        let reason =
            details.hasPrefix("(")
            ? details.firstRange(of: "): ").map { String(details[$0.upperBound...]) } ?? details
            : details
        let state = String(cString: natsStatus_GetText(status))
        let parts = [state, reason == state ? "" : reason].filter { !$0.isEmpty }
        var text =
            "no connection to the broker at \(settings.servers.joined(separator: ", ")): "
            + parts.joined(separator: ": ")
        // A broker that does not take this side's certificate hangs up without a word.
        let known = [
            NATS_CONNECTION_AUTH_FAILED, NATS_SSL_ERROR, NATS_SECURE_CONNECTION_WANTED,
            NATS_SECURE_CONNECTION_REQUIRED, NATS_NO_SERVER, NATS_TIMEOUT,
        ]
        if settings.isSecured, !known.contains(status) {
            text +=
                "; it may want a certificate of this side that it trusts: nats.tls.certificate"
        }
        return .unavailable(text)
    }
}
