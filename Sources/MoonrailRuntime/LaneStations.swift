import MoonrailCore

/// The stations that every lane may write, whatever its function declares.
enum LaneStations {
    /// What nobody looked up within a week is seldom looked up; an operator may alter the station.
    private static let logRetention = Retention(age: .seconds(7 * 86_400), bytes: 256 << 20)

    /// Makes sure that they are there.
    ///
    /// - Throws: `unavailable`, `full`.
    static func open(in engine: any StationCatalog) async throws(EngineError) {
        try await engine.open(.letterFollowUps, settings: nil)
        try await engine.open(.replays, settings: nil)
        let logs = DeclaredStations([.logs: StationSettings(retention: logRetention)])
        _ = try await logs.makeSure(of: .logs, in: engine)
    }
}
