import Foundation
import MoonrailTestSupport

/// The demo's chain of functions on the demo's data, with what must come out computed apart.
struct TemperatureLine {
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let example = repository.appendingPathComponent("examples/temperatures")
    static let events = example.appendingPathComponent("hourly-temperatures.ndjson")

    let data: URL
    let moonrail: MoonrailCommand

    init() throws {
        data = try TemporaryDirectory.make("line")
        moonrail = MoonrailCommand(
            data: data, functions: Self.example.appendingPathComponent("functions"),
            config: Self.example.appendingPathComponent("moonrail.yaml"))
    }

    func remove() {
        try? FileManager.default.removeItem(at: data)
    }

    /// A measured temperature, decoded by Foundation and not by what is tested.
    struct Reading: Codable, Hashable {
        var city: String
        var time: String
        var temp_f: Double?
        var temp_c: Double?
        var alert: String?
    }

    static func inputs() throws -> [Reading] {
        try String(contentsOf: events, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Reading.self, from: Data($0.utf8))
        }
    }

    /// What each station must hold in the end, in order within a city.
    static func expected() throws -> [String: [Reading]] {
        let celsius = try inputs().map { input -> Reading in
            var reading = input
            let fahrenheit = input.temp_f ?? .nan
            reading.temp_c = ((fahrenheit - 32) * 50 / 9 + 0.5).rounded(.down) / 10
            reading.temp_f = nil
            return reading
        }
        func alerts(_ text: String, _ isAlert: (Double) -> Bool) -> [Reading] {
            celsius.filter { isAlert($0.temp_c ?? .nan) }.map {
                var reading = $0
                reading.alert = text
                return reading
            }
        }
        let cold = alerts("under 5 °C") { $0 < 5 }
        func isNight(_ reading: Reading) -> Bool {
            let hour = Int(reading.time.dropFirst(11).prefix(2)) ?? 12
            return hour < 7 || hour >= 21
        }
        return [
            "weather.celsius": celsius,
            "alerts.cold": cold,
            "alerts.warm": alerts("over 22 °C") { $0 > 22 },
            "alerts.cold.night": cold.filter(isNight),
            "alerts.cold.day": cold.filter { !isNight($0) },
        ]
    }

    /// What a station holds, by city, in the order of offsets.
    func stored(_ station: String) async throws -> [String: [Reading]] {
        let result = try await moonrail.run("read", station, "--format", "data")
        let readings = try result.lines.map {
            try JSONDecoder().decode(Reading.self, from: Data($0.utf8))
        }
        return Dictionary(grouping: readings, by: \.city)
    }
}
