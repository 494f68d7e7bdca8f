/// How a read writes one event on its line.
package enum LineFormat: String, CaseIterable, Sendable {
    /// A JSON object with everything that is known of the event.
    case json
    /// The payload as it is.
    case data

    package var mediaType: String {
        switch self {
        case .json: "application/x-ndjson"
        // A payload that is no JSON goes out raw too, so nothing more exact can be promised.
        case .data: "application/octet-stream"
        }
    }
}
