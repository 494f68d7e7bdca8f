import MoonrailCore

/// What the API says of the route that takes events.
extension ProduceRoute {
    static let declaration = RouteDeclaration(
        .post, "/v1/stations/{station}/events", access: .produce,
        "Appends events; answers when they are on disk.",
        parameters: fields + expectation + headers,
        body: RouteBody(
            [
                .lines(.any), .json(.any),
                RouteContent(cloudEvent, CloudEventSchema.event),
                RouteContent(batch, .list(CloudEventSchema.event)),
            ], bytesMaximum: IntakeBounds.bodyBytes),
        answers: [
            RouteAnswer(
                200, "What became of each line or event, or of all of them.",
                [
                    .lines(lineAnswer),
                    .json(
                        .oneOf([
                            .message(ProduceAnswer.self), .message(EventReceipt.self),
                            .list(.oneOf([.message(EventReceipt.self), refusedEvent])),
                        ])),
                ]),
            RouteAnswer(201, "One event is new.", [.json(EventReceipt.self)]),
        ], problems: [409, 412, 422])

    private static let cloudEvent = "application/cloudevents+json"
    private static let batch = "application/cloudevents-batch+json"

    private static let fields = [
        ("key", "The path of the field that is an event's key, such as `order.customer`."),
        ("id", "The path of the field that is an event's id: it is stored once."),
        ("time", "The path of the field that tells when it happened."),
    ].map { RouteParameter.query($0, .text(bytesMaximum: IntakeBounds.pathBytes), $1) }

    private static let expectation: [RouteParameter] = [
        .query(
            "expect_last", .text(),
            "The offset that the partition's or the key's last event must have, or `none`; "
                + "nothing is appended otherwise."),
        .query(
            "expect_key", .text(bytesMaximum: Bounds.keyBytes),
            "The key whose last event is meant."),
        .query("partition", .number(), "The partition whose last event is meant."),
    ]

    private static let headers: [RouteParameter] = [
        .header(
            "moonrail-key", .text(bytesMaximum: Bounds.keyBytes), "The key of all events."),
        .header(
            "idempotency-key", .text(bytesMaximum: IntakeBounds.idempotencyKeyBytes),
            "The id of the event; of lines each has it with a slash and its number behind it."),
        .header(
            "prefer", .text(), "With `return=minimal` lines are answered with their sum alone."),
        .header(
            TraceParent.headerName, .text(),
            "The trace that the events are produced in (W3C Trace Context); one that is none is "
                + "passed over."),
    ]

    private static let refusedEvent = RouteSchema.literal([
        "type": "object", "required": ["error"], "properties": ["error": ["type": "object"]],
    ])

    private static let lineAnswer = RouteSchema.literal([
        "type": "object", "required": ["line"],
        "properties": [
            "line": ["type": "integer", "minimum": 1],
            "partition": ["type": "integer", "minimum": 0],
            "offset": ["type": "integer", "minimum": 0], "id": ["type": "string"],
            "duplicate": ["type": "boolean"], "error": ["type": "object"],
        ],
    ])
}

/// CloudEvents 1.0 in the JSON format, as JSON Schema says it.
enum CloudEventSchema {
    static let event = RouteSchema.literal([
        "type": "object", "required": ["specversion", "id", "source", "type"],
        "properties": [
            "specversion": ["const": "1.0"], "id": ["type": "string", "minLength": 1],
            "source": ["type": "string", "minLength": 1],
            "type": ["type": "string", "minLength": 1],
        ],
    ])
}
