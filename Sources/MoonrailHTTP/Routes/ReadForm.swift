import Hummingbird
import MoonrailCore

/// How a read answers, as its `Accept` header and its parameter `format` say.
enum ReadForm: Hashable, Sendable {
    /// A line an event, as many as there are.
    case lines(LineFormat)
    /// One JSON document with some events and the position of the next ones.
    case page
    /// The same as a batch of CloudEvents; the position is in a header.
    case cloudEventBatch
    /// Server-sent events, without end.
    case stream(LineFormat)

    private static let pageType = "application/json"
    private static let batchType = "application/cloudevents-batch+json"
    static let streamType = "text/event-stream"
    private static let mediaTypes = [
        LineFormat.json.mediaType, pageType, batchType, streamType, LineFormat.data.mediaType,
    ]

    /// - Throws: `Problem` when there is nothing that the client takes.
    init(_ request: Request, _ query: QueryParameters) throws(Problem) {
        let format = try query.choice("format", default: LineFormat.json)
        let isGiven = query.text("format") != nil
        let accepted = Self.accepted(request.headers[values: .accept])
        switch accepted.first {
        case LineFormat.json.mediaType?, nil: self = .lines(format)
        case Self.streamType?:
            guard format != .data else {
                throw .badRequest("an event stream has no format 'data'; take json or cloudevents")
            }
            self = .stream(format)
        case Self.pageType? where !isGiven: self = .page
        case Self.batchType? where !isGiven: self = .cloudEventBatch
        // The parameter says it as well as the header, and is easier to give.
        case Self.pageType?, Self.batchType?, LineFormat.data.mediaType?: self = .lines(format)
        default:
            throw Self.notAcceptable(Self.mediaTypes)
        }
    }

    /// Whether a page is to be a batch of CloudEvents, where there is no other choice.
    ///
    /// - Throws: `Problem` when the client takes neither.
    static func isBatch(_ request: Request) throws(Problem) -> Bool {
        let accepted = Self.accepted(request.headers[values: .accept])
        if accepted.isEmpty || request.headers[values: .accept].contains(where: Self.takesAll) {
            return false
        }
        guard let best = accepted.first(where: { $0 == pageType || $0 == batchType }) else {
            throw notAcceptable([pageType, batchType])
        }
        return best == batchType
    }

    /// Whether a client likes server-sent events best, where there are lines otherwise.
    static func wantsStream(_ request: Request) -> Bool {
        accepted(request.headers[values: .accept]).first == streamType
    }

    private static func takesAll(_ header: String) -> Bool { header.contains("*/*") }

    private static func notAcceptable(_ types: [String]) -> Problem {
        Problem(
            "not-acceptable", title: "No such form of events", status: 406,
            detail: "events are given here as " + types.joined(separator: ", ")
                + "; accept one of these",
            facts: ["given": .array(types.map { .string($0) })])
    }

    /// The known media types that a client takes, the one that it likes best first; nothing when it
    /// takes all, and a word that is none when it takes none of them.
    private static func accepted(_ headers: [String]) -> [String] {
        let ranges = headers.joined(separator: ",").split(separator: ",")
            .compactMap { ContentType($0) }
        if ranges.isEmpty { return [] }
        var known: [(type: String, quality: Double)] = []
        for range in ranges {
            let quality = range.parameters["q"].flatMap { Double($0) } ?? 1
            guard quality > 0 else { continue }
            switch range.essence {
            case "*/*", "application/*": known.append((LineFormat.json.mediaType, quality))
            case "text/*": known.append((streamType, quality))
            case let essence where mediaTypes.contains(essence): known.append((essence, quality))
            default: continue
            }
        }
        let best = known.enumerated().sorted {
            ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset)
        }
        return best.isEmpty ? ["nothing"] : best.map(\.element.type)
    }
}
