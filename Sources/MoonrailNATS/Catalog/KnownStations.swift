import MoonrailCore
import Synchronization

/// The stations that this process has looked up.
final class KnownStations: Sendable {
    private let jetStream: JetStream
    private let naming: Naming
    private let known = Mutex<[StationName: KnownStation]>([:])

    init(_ jetStream: JetStream, _ naming: Naming) {
        self.jetStream = jetStream
        self.naming = naming
    }

    /// A station as it was looked up last; its partitions never change.
    ///
    /// - Throws: `stationNotFound`, `unavailable`.
    func station(_ name: StationName) async throws(EngineError) -> KnownStation {
        if let station = known.withLock({ $0[name] }) { return station }
        return try await look(name).station
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
        let station = try KnownStation(name, info, naming)
        known.withLock { $0[name] = station }
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
