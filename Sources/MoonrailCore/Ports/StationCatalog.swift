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

    /// Describes one station as of now.
    /// - Throws: `stationNotFound`, `unavailable`.
    func describe(_ name: StationName) async throws(EngineError) -> StationSummary

    /// Describes all stations, in the order of their names.
    func stations() async throws(EngineError) -> [StationSummary]

    /// Removes a station with all its events, for good. Readers of it see it as not found.
    /// - Throws: `stationNotFound`, `unavailable`.
    func delete(_ name: StationName) async throws(EngineError)
}
