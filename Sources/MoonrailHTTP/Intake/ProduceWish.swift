import Hummingbird
import MoonrailCore

/// What a produce request asks for beside its body.
struct ProduceWish: Sendable {
    let format: IntakeFormat
    /// Those of the request, which may hold a CloudEvent's attributes.
    let headers: HTTPFields
    /// The key of all events, from the header `moonrail-key`.
    private(set) var key: [UInt8]?
    private(set) var keyPath: String?
    private(set) var idPath: String?
    private(set) var timePath: String?
    /// From the header `Idempotency-Key`.
    private(set) var idempotencyKey: String?
    let expected: ExpectationQuery?
    /// Whether only the sum of what became of the lines is wanted (RFC 7240).
    let wantsMinimum: Bool

    /// - Throws: `Problem` for what can't be meant, or is not taken.
    init(_ request: Request, _ query: QueryParameters) throws(Problem) {
        headers = request.headers
        format = try IntakeFormat(headers)
        keyPath = try query.fieldPath("key")
        idPath = try query.fieldPath("id")
        timePath = try query.fieldPath("time")
        expected = try ExpectationQuery(query)
        wantsMinimum = Self.prefers("return=minimal", headers)
        try readHeaders()
    }

    /// How lines and documents become events.
    func rules(eventBytes: Int) -> EventIntake.Rules {
        EventIntake.Rules(
            keyPath: keyPath, key: key, idPath: idPath, idPrefix: idempotencyKey,
            timePath: timePath, eventBytes: eventBytes,
            trace: trace)
    }

    /// The trace that the request belongs to; nil when nobody says, or what is said is none.
    var trace: TraceParent? { headers[.traceParent].flatMap(TraceParent.init) }

    private mutating func readHeaders() throws(Problem) {
        key = try Self.single(.moonrailKey, headers).map { Array($0.utf8) }
        idempotencyKey = try Self.single(.idempotencyKey, headers).map(Self.unquoted)
        switch format {
        case .lines, .document: break
        case .cloudEvent, .cloudEventBatch, .cloudEventHeaders:
            guard key == nil, idempotencyKey == nil, keyPath == nil, idPath == nil, timePath == nil
            else {
                throw .badRequest(
                    "a CloudEvent says itself what its key (partitionkey), id and time are; leave "
                        + "the parameters and headers for them out")
            }
        }
        if let key {
            guard keyPath == nil else {
                throw .badRequest("the key is given by a header and by a field path; give one")
            }
            guard key.count <= Bounds.keyBytes else {
                throw .badRequest(
                    "'moonrail-key' has \(key.count) bytes; a key has \(Bounds.keyBytes) at most")
            }
        }
        guard let id = idempotencyKey else { return }
        guard idPath == nil else {
            throw .badRequest("the id is given by a header and by a field path; give one")
        }
        guard (1...IntakeBounds.idempotencyKeyBytes).contains(id.utf8.count) else {
            throw .badRequest(
                "'Idempotency-Key' has \(id.utf8.count) bytes; it must have 1 to "
                    + "\(IntakeBounds.idempotencyKeyBytes)")
        }
    }

    private static func single(
        _ name: HeaderName, _ headers: HTTPFields
    ) throws(Problem) -> String? {
        let values = headers[values: name]
        guard values.count <= 1 else {
            throw .badRequest("header '\(name.canonicalName)' is given twice")
        }
        return values.first
    }

    /// The header is a string of RFC 8941, with quotes; many senders leave them out.
    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
        return String(text.dropFirst().dropLast())
    }

    private static func prefers(_ preference: String, _ headers: HTTPFields) -> Bool {
        headers[values: .prefer].contains { value in
            value.lowercased().split(separator: ",").contains {
                $0.split(separator: ";").first?.filter { $0 != " " } == preference
            }
        }
    }
}
