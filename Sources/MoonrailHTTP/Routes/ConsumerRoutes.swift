import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Consumer groups: what programs outside read, and how far they have come.
struct ConsumerRoutes: Sendable {
    let operations: Operations

    private var groups: ConsumerGroups { ConsumerGroups(engine: operations.engine) }

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/v1/consumers", access: .operate, "Lists all consumer groups.",
                answers: [.list(of: ConsumerMessage.self, "The groups, by their names.")])
        ) { _, _ in
            try JSONAnswer.response(try await groups.groups().map { ConsumerMessage($0) })
        }
        routes.add(
            RouteDeclaration(
                .get, "/v1/stations/{station}/consumers", access: .consume,
                "Lists the consumer groups of a station.",
                answers: [.list(of: ConsumerMessage.self, "The groups, by their names.")])
        ) { _, context in try await list(try context.stationName()) }
        routes.add(
            RouteDeclaration(
                .get, Self.path, access: .consume, "Shows a consumer group.",
                answers: [.json(ConsumerMessage.self, "The group.")])
        ) { _, context in
            try await show(try context.groupName(), of: try context.stationName())
        }
        routes.add(
            RouteDeclaration(
                .put, Self.path, access: .consume,
                "Creates a consumer group; one that is there stays where it is.",
                body: .json(ConsumerWishMessage.self, isOptional: true),
                answers: [
                    .json(ConsumerMessage.self, "It was there."),
                    RouteAnswer(201, "It is new.", [.json(ConsumerMessage.self)]),
                ], problems: [409])
        ) { request, context in try await create(request, context) }
        routes.add(
            RouteDeclaration(
                .delete, Self.path, access: .consume,
                "Removes a consumer group with its position.",
                answers: [RouteAnswer(204, "It is gone.")])
        ) { _, context in try await delete(context) }
        addPages(to: &routes)
    }

    private func addPages(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, Self.path + "/events", access: .consume,
                "Reads a page of events that a consumer group has not committed.",
                parameters: [
                    .query(
                        "from", .text(),
                        "A position to go on from instead of where the group stands."),
                    .query("limit", .number(0...UInt64.max), "The most events of the page."),
                    .partition, EventPage.wait,
                ],
                answers: [
                    RouteAnswer(
                        200, "The events.",
                        [
                            .json(EventPageMessage.self),
                            RouteContent(
                                "application/cloudevents-batch+json",
                                .list(CloudEventSchema.event)),
                        ])
                ], problems: [406])
        ) { request, context in
            try await fetch(
                try context.groupName(), of: try context.stationName(), request, context.query)
        }
        routes.add(
            RouteDeclaration(
                .post, Self.path + "/commit", access: .consume,
                "Moves a consumer group, if it stands where it is said to.",
                body: .json(CommitMessage.self),
                answers: [.json(ConsumerMessage.self, "The group as it is now.")],
                problems: [409])
        ) { request, context in try await commit(request, context) }
    }

    private static let path = "/v1/stations/{station}/consumers/{group}"

    private func show(
        _ name: ConsumerGroupName, of station: StationName
    ) async throws -> Response {
        try JSONAnswer.response(ConsumerMessage(try await groups.group(name, of: station)))
    }

    private func list(_ station: StationName) async throws -> Response {
        _ = try await operations.engine.describe(station)
        return try JSONAnswer.response(
            try await groups.groups().filter { $0.station == station }.map { ConsumerMessage($0) })
    }

    /// 201 when it is new, 200 when it is there; then it stays where it is.
    private func create(_ request: Request, _ context: LocalRequestContext) async throws -> Response
    {
        let wish = try await JSONAnswer.message(ConsumerWishMessage.self, of: request)
        let (name, station) = (try context.groupName(), try context.stationName())
        let start = try await start(wish.start ?? "earliest", of: station)
        let (group, isNew) = try await groups.create(name, of: station, at: start)
        if isNew {
            await operations.audit.note(
                .consumerCreated, .function(name.function),
                because: "of station \(station), at \(ReadPosition(group.position))",
                by: await context.asker())
        }
        return try JSONAnswer.response(ConsumerMessage(group), status: isNew ? .created : .ok)
    }

    private func start(_ text: String, of station: StationName) async throws -> [UInt32: UInt64] {
        if let position = ReadPosition(text) { return position.offsets }
        let point = try StartingPoint(text)
        let partitions = try await operations.engine.describe(station).partitions
        if case .offset = point, partitions.count > 1 {
            throw Problem.badRequest(
                "station '\(station)' has \(partitions.count) partitions; give a position such as "
                    + "0:17,1:5")
        }
        var start: [UInt32: UInt64] = [:]
        for (number, summary) in partitions.enumerated() {
            start[UInt32(number)] = try await point.offset(
                in: UInt32(number), summary, of: station, operations.engine)
        }
        return start
    }

    private func delete(_ context: LocalRequestContext) async throws -> Response {
        let (name, station) = (try context.groupName(), try context.stationName())
        try await groups.delete(name, of: station)
        await operations.audit.note(
            .consumerDeleted, .function(name.function), because: "of station \(station)",
            by: await context.asker())
        return Response(status: .noContent)
    }

    /// A page from where the group stands, or from what the client has fetched before.
    private func fetch(
        _ name: ConsumerGroupName, of station: StationName, _ request: Request,
        _ query: QueryParameters
    ) async throws -> Response {
        let isBatch = try ReadForm.isBatch(request)
        let wait = try query.wait()
        let group = try await groups.group(name, of: station)
        let reading = try Self.reading(of: group, query)
        let page = try await page(reading, isBatch ? .cloudevents : .json, wait: wait)
        return page.response(isArray: isBatch, position: ReadPosition(group.position))
    }

    // Apart: over all of it as one function the compiler of Swift 6.3 crashes while it optimises.
    @inline(never)
    private func page(
        _ reading: EventWalk.Request, _ format: LineFormat, wait: Duration
    ) async throws -> EventPage {
        try await EventPage(
            try await EventWalk(reading, engine: operations.engine), format: format, wait: wait)
    }

    /// What is read from where the group stands, or from where it is asked for.
    private static func reading(
        of group: ConsumerGroup, _ query: QueryParameters
    ) throws -> EventWalk.Request {
        var position = ReadPosition(group.position)
        if let from = query.text("from") {
            position.offsets.merge(try ReadPosition.read(from).offsets) { $1 }
        }
        return EventWalk.Request(
            station: group.station, from: .earliest, position: position,
            partition: try query.number("partition"), key: nil,
            limit: try query.pageLimit(), follows: true)
    }

    private func commit(_ request: Request, _ context: LocalRequestContext) async throws -> Response
    {
        let wish = try await JSONAnswer.message(CommitMessage.self, of: request)
        let (name, station) = (try context.groupName(), try context.stationName())
        let (before, after) = try await groups.commit(
            name, of: station, from: try ReadPosition.read(wish.from).offsets,
            to: try ReadPosition.read(wish.to).offsets)
        let isBackwards = before.partitions.contains { partition in
            after.position[partition.partition, default: 0] < partition.next
        }
        if isBackwards {
            await operations.audit.note(
                .consumerMoved, .function(name.function),
                because: "of station \(station), from \(ReadPosition(before.position)) to "
                    + "\(ReadPosition(after.position))", by: await context.asker())
        }
        return try JSONAnswer.response(ConsumerMessage(after))
    }
}

extension LocalRequestContext {
    /// The consumer group that the path names.
    func groupName() throws -> ConsumerGroupName {
        try ConsumerGroupName(try pathText("group"))
    }
}

extension Problem {
    /// The one place where what can't be done about a consumer group becomes an answer.
    init(_ refused: ConsumerRefused) {
        switch refused {
        case .notFound:
            self.init(
                "consumer-not-found", title: "No such consumer group", status: 404,
                detail: refused.description)
        case .reads:
            self.init(
                "consumer-exists", title: "The group reads another station", status: 409,
                detail: refused.description)
        case .noPosition:
            self.init(
                "bad-position", title: "The position is none of the station's", status: 400,
                detail: refused.description)
        case .moved(let group):
            self.init(
                "moved", title: "It has moved meanwhile", status: 409,
                detail: refused.description,
                facts: ["position": .string(ReadPosition(group.position).description)])
        }
    }
}
