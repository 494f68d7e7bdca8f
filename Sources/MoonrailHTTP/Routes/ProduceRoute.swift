import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Takes events into a station. Answers only after everything that was accepted is on disk.
struct ProduceRoute: Sendable {
    let operations: Operations
    let turns: PartitionTurns
    let now: @Sendable () -> EventTime
    let problems: ProblemMiddleware

    func add(to routes: inout RouteTable) {
        routes.add(Self.declaration) { request, context in
            try await produce(to: try context.stationName(), request: request, context.query)
        }
    }

    private func produce(
        to station: StationName, request: Request, _ query: QueryParameters
    ) async throws -> Response {
        var stream = IntakeStream(of: request)
        do {
            try stream.checkLength()
            let wish = try ProduceWish(request, query)
            try await makeSure(of: station)
            switch wish.format {
            case .lines: return try await appendLines(&stream, to: station, wish)
            default: return try await appendWhole(&stream, to: station, wish)
            }
        } catch {
            await stream.discard()
            throw error
        }
    }

    /// A JSON document a line: as they come, several appends one after another.
    private func appendLines(
        _ stream: inout IntakeStream, to station: StationName, _ wish: ProduceWish
    ) async throws -> Response {
        var intake = try EventIntake(
            rules: wish.rules(eventBytes: operations.eventBytes), time: now(),
            lineAnswers: wish.wantsMinimum ? nil : LineAnswers(station: station))
        if let expected = wish.expected {
            let conditional = ConditionalProduce(
                station: station, expected: expected, engine: operations.engine)
            try await conditional.append(&stream, &intake)
            return try response(intake)
        }
        try await append(&stream, &intake, to: station)
        return try response(intake)
    }

    private func append(
        _ stream: inout IntakeStream, _ intake: inout EventIntake, to station: StationName
    ) async throws {
        let turn = turns.next()
        var next = try await Self.nextSlice(of: &stream, &intake)
        var line = 0
        do {
            while let slice = next {
                line = slice.lines.first ?? line
                // While these events are on their way to disk, the next ones come and are checked.
                // One append follows the other, so that the station has the order of the lines.
                async let receipts = operations.engine.append(
                    StationAppend(
                        station: station, records: slice.records, unkeyedPartition: turn))
                let following: Result<EventIntake.Slice?, any Error>
                do {
                    following = .success(try await Self.nextSlice(of: &stream, &intake))
                } catch {
                    following = .failure(error)
                }
                intake.note(try await receipts, of: slice)
                line = intake.line + 1
                next = try following.get()
            }
            if intake.isCutOff { throw Self.tooManyLines }
        } catch let error where intake.hasAnswersToKeep {
            // What is stored is said to be; the answer ends at what is not.
            intake.end(line: line, because: problems.problem(of: error))
            await stream.discard()
        }
    }

    private static let tooManyLines = Problem.tooLarge(
        "a request that is answered line by line has \(IntakeBounds.answeredLines) lines at most; "
            + "send the rest in another one, or ask for the sum with Prefer: return=minimal",
        limit: IntakeBounds.answeredLines)

    private static func nextSlice(
        of stream: inout IntakeStream, _ intake: inout EventIntake
    ) async throws -> EventIntake.Slice? {
        while true {
            if let slice = intake.nextSlice(of: &stream.body) { return slice }
            guard !intake.isCutOff, try await stream.fill() else { return nil }
        }
    }

    private func response(_ intake: borrowing EventIntake) throws -> Response {
        guard let answers = intake.lineAnswers else {
            var response = try JSONAnswer.response(intake.answer)
            response.headers[.preferenceApplied] = "return=minimal"
            return response
        }
        return Response(
            status: .ok, headers: [.contentType: LineFormat.json.mediaType],
            body: ResponseBody(byteBuffer: answers.body()))
    }

    /// What the body is as a whole: one event, or a batch of them that is appended at once.
    private func appendWhole(
        _ stream: inout IntakeStream, to station: StationName, _ wish: ProduceWish
    ) async throws -> Response {
        try await stream.fillWhole()
        let records = try Self.records(of: &stream.body, wish, now: now(), operations.eventBytes)
        let receipts = try await receipts(of: records, to: station, wish)
        guard let first = receipts.first else {
            throw Problem.badRequest("there is no event in the body")
        }
        guard wish.format != .cloudEventBatch else {
            let answers = receipts.enumerated().map { index, receipt in
                do throws(EventRefusal) {
                    return EventAnswer.stored(
                        try EventReceipt(receipt, of: records, index, in: station))
                } catch {
                    return EventAnswer.refused(error.problem)
                }
            }
            return try JSONAnswer.response(answers)
        }
        let receipt = try EventReceipt(first, of: records, 0, in: station)
        return try JSONAnswer.response(receipt, status: receipt.duplicate ? .ok : .created)
    }

    private func receipts(
        of records: EventRecords, to station: StationName, _ wish: ProduceWish
    ) async throws -> [AppendReceipt] {
        if records.isEmpty { return [] }
        guard let expected = wish.expected else {
            return try await operations.engine.append(
                StationAppend(station: station, records: records, unkeyedPartition: turns.next()))
        }
        return try await ConditionalProduce(
            station: station, expected: expected, engine: operations.engine
        ).append(records)
    }

    private static func records(
        of body: inout IntakeBody, _ wish: ProduceWish, now: EventTime, _ eventBytes: Int
    ) throws -> EventRecords {
        if case .document = wish.format {
            var intake = try EventIntake(rules: wish.rules(eventBytes: eventBytes), time: now)
            return try intake.wholeDocument(of: &body)
        }
        let intake = try CloudEventIntake(
            now: now, eventBytes: eventBytes, trace: wish.trace)
        switch wish.format {
        case .cloudEventBatch: return try intake.batch(of: &body)
        case .cloudEventHeaders(let type):
            return try intake.event(wish.headers, type: type, of: &body)
        case .lines, .document, .cloudEvent: return try intake.event(of: &body)
        }
    }

    private func makeSure(of station: StationName) async throws {
        // Also where it exists: what Moonrail says there, nobody else is to say.
        try station.checkMayBeCreated()
        if operations.createsStations {
            _ = try await operations.declared.makeSure(of: station, in: operations.engine)
        } else {
            _ = try await operations.engine.describe(station)
        }
    }
}
