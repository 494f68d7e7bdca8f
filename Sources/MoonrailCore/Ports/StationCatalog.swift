/// The stations that exist. No call blocks a thread; each may be repeated.
package protocol StationCatalog: Sendable {
    /// Makes sure that the station exists, and answers with its settings. On disk when it returns.
    ///
    /// - Parameter settings: what a new station gets; nil for the defaults. For a station that
    ///   exists they must be equal.
    /// - Throws: `stationDiffers` when it exists with others, `unavailable`.
    @discardableResult
    func open(
        _ name: StationName, settings: StationSettings?
    ) async throws(EngineError) -> StationSettings

    /// Gives the station other settings: all but the number of partitions may change. On disk when
    /// it returns; what a narrower retention removes goes a little later.
    /// - Throws: `stationNotFound`, `stationDiffers` for another number of partitions,
    ///   `unavailable`.
    func alter(_ name: StationName, settings: StationSettings) async throws(EngineError)

    /// How a station that is there differs from what is declared of it, in the order in which
    /// settings are declared; nothing where it does not.
    /// - Throws: `stationNotFound`, `unavailable`.
    func differences(
        of name: StationName, from declared: StationSettings
    ) async throws(EngineError) -> [StationDifference]

    /// Gives a station that is there what is declared of it, but for what it has for its life.
    /// - Throws: `stationNotFound`; `unavailable`, and then some of it may have been done.
    func conform(
        _ name: StationName, to declared: StationSettings
    ) async throws(EngineError)

    /// Describes one station as of now.
    /// - Throws: `stationNotFound`, `unavailable`.
    func describe(_ name: StationName) async throws(EngineError) -> StationSummary

    /// Describes all stations, in the order of their names.
    func stations() async throws(EngineError) -> [StationSummary]

    /// Removes a station with all its events, for good. Readers of it see it as not found.
    /// - Throws: `stationNotFound`, `unavailable`.
    func delete(_ name: StationName) async throws(EngineError)
}

extension StationCatalog {
    /// For an engine to which a station's settings are all that there is of it.
    package func differences(
        of name: StationName, from declared: StationSettings
    ) async throws(EngineError) -> [StationDifference] {
        try await describe(name).settings.differences(from: declared)
    }

    /// For an engine to which a station's settings are all that there is of it.
    package func conform(
        _ name: StationName, to declared: StationSettings
    ) async throws(EngineError) {
        let present = try await describe(name).settings
        var settings = declared
        settings.partitions = present.partitions
        guard settings != present else { return }
        try await alter(name, settings: settings)
    }
}
