import Hummingbird
import MoonrailCore
import MoonrailRuntime
import NIOCore

/// `GET /metrics`: all measurements, for Prometheus.
struct MetricsRoute: Sendable {
    let operations: Operations
    /// What was measured while it happened.
    let factory: PrometheusFactory
    let version: String
    let now: @Sendable () -> EventTime

    private static let mediaType = "text/plain; version=0.0.4"

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/metrics", access: .operate, "Tells all measurements, for Prometheus.",
                answers: [
                    RouteAnswer(
                        200, "In Prometheus' text format.",
                        [RouteContent(Self.mediaType, .text())])
                ])
        ) { _, _ in
            Response(
                status: .ok, headers: [.contentType: Self.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: try await text())))
        }
    }

    private func text() async throws -> String {
        var text = MetricsText()
        let lanes = try await operations.engine.lanes()
        FunctionMetrics(
            await operations.functions.functions(), lanes: lanes, ages: try await ages(of: lanes)
        ).add(to: &text)
        let stations = try await operations.engine.stations()
        StationMetrics(stations, oldest: try await oldest(of: stations)).add(to: &text)
        let size = try await operations.engine.size()
        text.add(
            "moonrail_store_bytes", .gauge, "Size of the store's files.",
            [([("file", "store")], Double(size.store)), ([("file", "log")], Double(size.log))])
        factory.add(to: &text)
        ProcessMetrics(version: version).add(to: &text)
        return text.text
    }

    /// For each lane that is behind, how long the oldest event that waits has been there: a look
    /// into the store for each input.
    private func ages(of lanes: [LaneSummary]) async throws -> [LaneID: Duration] {
        var ages: [LaneID: Duration] = [:]
        let now = self.now().microseconds
        for lane in lanes where lane.lag > 0 {
            for (station, offset) in lane.position.offsets {
                let next = StationCursor(
                    station: station, partition: lane.lane.partition, offset: offset)
                guard let appended = try await appended(next) else { continue }
                let age = Duration.microseconds(max(0, now - appended.microseconds))
                ages[lane.lane] = max(age, ages[lane.lane] ?? .zero)
            }
        }
        return ages
    }

    private func oldest(of stations: [StationSummary]) async throws -> [StationName: EventTime] {
        var oldest: [StationName: EventTime] = [:]
        for station in stations {
            for (number, partition) in station.partitions.enumerated() where partition.events > 0 {
                let first = StationCursor(
                    station: station.name, partition: UInt32(number), offset: partition.earliest)
                guard let appended = try await appended(first) else { continue }
                oldest[station.name] = min(appended, oldest[station.name] ?? appended)
            }
        }
        return oldest
    }

    /// Nil for an event that is not there, or whose station went meanwhile.
    private func appended(_ place: StationCursor) async throws -> EventTime? {
        do {
            return try await operations.engine.appendedAt(place)
        } catch EngineError.stationNotFound, EngineError.partitionNotFound {
            return nil
        }
    }
}
