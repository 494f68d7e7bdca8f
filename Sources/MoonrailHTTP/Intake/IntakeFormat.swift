import Hummingbird
import MoonrailCore

/// What the body of a produce request is, as its headers say.
enum IntakeFormat: Hashable, Sendable {
    /// One JSON document a line.
    case lines
    /// One JSON document.
    case document
    /// One event of CloudEvents, whole in the body.
    case cloudEvent
    /// A JSON array of them.
    case cloudEventBatch
    /// One event of CloudEvents with its attributes in headers; its data has this type, if any.
    case cloudEventHeaders(ContentType?)

    /// The media types that are taken, as `Accept-Post` lists them.
    static let mediaTypes = [
        "application/x-ndjson", "application/json", "application/cloudevents+json",
        "application/cloudevents-batch+json",
    ]

    /// - Throws: `Problem` for a media type that is not taken.
    init(_ headers: HTTPFields) throws(Problem) {
        let text = headers[.contentType]
        let type = text.flatMap { ContentType($0) }
        let isCloudEvent = headers.contains { $0.name.canonicalName == "ce-specversion" }
        switch (type?.essence, isCloudEvent) {
        case ("application/cloudevents+json"?, _): self = .cloudEvent
        case ("application/cloudevents-batch+json"?, _): self = .cloudEventBatch
        case (let essence?, _) where essence.hasPrefix("application/cloudevents"):
            throw Self.unsupported(essence)
        case (_, true):
            guard text == nil || type != nil else { throw Self.unsupported(text ?? "") }
            self = .cloudEventHeaders(type)
            return
        case ("application/json"?, false): self = .document
        case ("application/x-ndjson"?, false), ("application/ndjson"?, false),
            ("application/jsonl"?, false):
            self = .lines
        // Nothing is said: then it is what most bodies are here.
        case (nil, false) where text == nil: self = .lines
        default: throw Self.unsupported(text ?? "")
        }
        if let type, !type.isUTF8 { throw Self.unsupported(text ?? "") }
    }

    private static func unsupported(_ text: String) -> Problem {
        Problem(
            "unsupported-media-type", title: "The body's type is not taken", status: 415,
            detail: "a body of type '\(text)' is not taken; send UTF-8 of one of "
                + mediaTypes.joined(separator: ", ")
                + ", or any type with the headers of a CloudEvent",
            facts: ["taken": .array(mediaTypes.map { .string($0) })])
    }
}
