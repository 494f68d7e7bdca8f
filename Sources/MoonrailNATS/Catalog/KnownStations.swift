import MoonrailCore
import Synchronization

/// The stations that this process has looked up.
final class KnownStations: Sendable {
    private let jetStream: JetStream
    private let naming: Naming
    private let known = Mutex<[StationName: (station: KnownStation, since: Instant)]>([:])

    private typealias Instant = ContinuousClock.Instant

    /// After so long a station is looked up again: others may have altered its stream.
    private static let outdated = Duration.seconds(10)

    init(_ jetStream: JetStream, _ naming: Naming) {
        self.jetStream = jetStream
        self.naming = naming
    }

    /// A station as it was some seconds ago; its partitions never change.
    ///
    /// - Throws: `stationNotFound`, `unavailable`.
    func station(_ name: StationName) async throws(EngineError) -> KnownStation {
        guard let known = known.withLock({ $0[name] }) else { return try await look(name).station }
        if .now - known.since < Self.outdated { return known.station }
        do throws(EngineError) {
            return try await look(name).station
        } catch {
            guard error.isPassing else { throw error }
            // Whoever uses it finds out whether its stream can be reached.
            self.known.withLock { $0[name] = (known.station, .now) }
            return known.station
        }
    }

    /// Looks a station up.
    ///
    /// - Parameter countsPartitions: whether the answer also tells how many events each holds.
    /// - Throws: `stationNotFound`, `unavailable`.
    func look(
        _ name: StationName, countsPartitions: Bool = false
    ) async throws(EngineError) -> (station: KnownStation, state: StreamState) {
        do {
            let info = try await jetStream.stream(
                naming.stream(of: name),
                subjects: countsPartitions ? naming.subjects(of: name) : nil)
            return (try learn(name, info), info.state)
        } catch let fault as BrokerFault {
            throw failure(fault, name, "looking up station '\(name)'")
        } catch let error as EngineError {
            throw error
        } catch {
            throw .unavailable("\(error)")
        }
    }

    @discardableResult
    func learn(_ name: StationName, _ info: StreamInfo) throws(EngineError) -> KnownStation {
        let station = try KnownStation(
            name, info, naming,
            windowMaximum: jetStream.broker.settings.duplicateWindowMaximum)
        known.withLock { $0[name] = (station, .now) }
        return station
    }

    func forget(_ name: StationName) {
        known.withLock { $0[name] = nil }
    }

    /// What a fault means that came of a station's stream.
    func failure(_ fault: BrokerFault, _ name: StationName, _ doing: String) -> EngineError {
        guard fault.isStreamMissing else { return EngineError(fault, doing) }
        forget(name)
        return .stationNotFound(name)
    }

    /// What a fault means that came of publishing into a station.
    ///
    /// - Throws: `stationNotFound` where nobody takes its messages as it is gone.
    func failure(
        ofAppendTo name: StationName, _ fault: BrokerFault
    ) async throws(EngineError) -> EngineError {
        if fault == .noResponders {
            forget(name)
            _ = try await look(name)
        }
        return failure(fault, name, "appending to station '\(name)'")
    }
}
