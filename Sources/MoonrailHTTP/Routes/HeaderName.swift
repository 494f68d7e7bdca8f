import Hummingbird
import MoonrailCore

/// The name of a header of HTTP.
typealias HeaderName = HTTPFields.Element.Name

extension HeaderName {
    /// The key of what is produced.
    static let moonrailKey = known("moonrail-key")
    /// The id of what is produced.
    static let idempotencyKey = known("idempotency-key")
    /// Where a page of events is followed by the next.
    static let moonrailNext = known("moonrail-next")
    static let lastEventID = known("last-event-id")
    static let prefer = known("prefer")
    static let preferenceApplied = known("preference-applied")
    static let xRequestID = known("x-request-id")
    static let traceParent = known(TraceParent.headerName)

    private static func known(_ name: String) -> HeaderName {
        guard let name = HeaderName(name) else {
            preconditionFailure("the names here are tokens")
        }
        return name
    }
}
