/// A storage engine: the embedded one on SQLite, or a broker behind the same ports.
package typealias StationEngine = StationCatalog & StationLog & LaneStore & StoreMaintenance
