/// How a read writes one event on its line.
package enum LineFormat: String, CaseIterable, Sendable {
    /// A JSON object with everything that is known of the event.
    case json
    /// The payload as it is.
    case data
    /// An event of CloudEvents in its JSON format.
    case cloudevents

    package var mediaType: String {
        switch self {
        case .json, .cloudevents: "application/x-ndjson"
        // A payload that is no JSON goes out raw too, so nothing more exact can be promised.
        case .data: "application/octet-stream"
        }
    }
}
