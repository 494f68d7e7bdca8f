import MoonrailCore

extension JetStreamEngine: StationCatalog {
    @discardableResult
    package func open(
        _ name: StationName, settings: StationSettings?
    ) async throws(EngineError) -> StationSettings {
        while true {
            do throws(EngineError) {
                let known = try await stations.look(name).station.settings
                guard let settings, settings != known else { return known }
                throw .stationDiffers(name, known.difference(from: settings))
            } catch {
                guard case .stationNotFound = error else { throw error }
            }
            if let made = try await create(name, settings ?? StationSettings()) { return made }
        }
    }

    /// - Returns: nil when somebody else has made it meanwhile.
    private func create(
        _ name: StationName, _ settings: StationSettings
    ) async throws(EngineError) -> StationSettings? {
        do throws(BrokerFault) {
            let info = try await jetStream.createStream(
                StreamConfiguration(name, settings, naming, self.settings))
            do throws(EngineError) {
                return try stations.learn(name, info).settings
            } catch {
                throw .unreadable("\(error)")
            }
        } catch {
            if error.number == BrokerFault.Number.streamNameInUse { return nil }
            throw EngineError(error, "creating station '\(name)'")
        }
    }

    package func alter(
        _ name: StationName, settings: StationSettings
    ) async throws(EngineError) {
        let known = try await stations.look(name).station
        guard known.partitions == settings.partitions else {
            throw .stationDiffers(name, known.settings.difference(from: settings))
        }
        try await change(name) { [windowMaximum = self.settings.duplicateWindowMaximum] in
            $0.set(settings, windowMaximum: windowMaximum)
        }
    }

    /// Alters what a station's stream is declared to be.
    func change(
        _ name: StationName, _ change: (inout StreamConfiguration) -> Void
    ) async throws(EngineError) {
        do throws(BrokerFault) {
            let info = try await jetStream.alterStream(naming.stream(of: name), change)
            _ = try? stations.learn(name, info)
        } catch {
            throw stations.failure(error, name, "altering station '\(name)'")
        }
    }

    package func describe(_ name: StationName) async throws(EngineError) -> StationSummary {
        let (station, state) = try await stations.look(name, countsPartitions: true)
        return try await summary(station, state)
    }

    package func stations() async throws(EngineError) -> [StationSummary] {
        let streams: [StreamInfo]
        do throws(BrokerFault) {
            streams = try await jetStream.streams(on: naming.stationSubjects)
        } catch {
            throw EngineError(error, "listing stations")
        }
        var summaries: [StationSummary] = []
        for name in streams.compactMap({ naming.station(ofStream: $0.config.name) }).sorted() {
            do throws(EngineError) {
                summaries.append(try await describe(name))
            } catch {
                // Deleted meanwhile.
                guard case .stationNotFound = error else { throw error }
            }
        }
        return summaries
    }

    package func delete(_ name: StationName) async throws(EngineError) {
        do throws(BrokerFault) {
            try await jetStream.deleteStream(naming.stream(of: name))
        } catch {
            throw stations.failure(error, name, "deleting station '\(name)'")
        }
        stations.forget(name)
        keys.forget(name)
        readers.end(name)
    }

    private func summary(
        _ station: KnownStation, _ state: StreamState
    ) async throws(EngineError) -> StationSummary {
        var partitions: [PartitionSummary] = []
        for number in 0..<station.partitions {
            let subject = naming.subject(of: station.name, number)
            let events =
                station.partitions == 1 ? state.messages : state.subjects?[subject] ?? 0
            let ends =
                station.partitions == 1
                ? (max(state.first_seq, 1) - 1, state.last_seq)
                : try await ends(of: station, subject, events, state)
            partitions.append(
                PartitionSummary(
                    earliest: events == 0 ? ends.1 : ends.0, next: ends.1, events: events,
                    bytes: Self.share(of: state.bytes, events, state.messages),
                    isWhole: state.first_seq <= 1 && (state.num_deleted ?? 0) == 0))
        }
        return StationSummary(
            name: station.name, settings: station.settings, created: station.created,
            partitions: partitions, window: WindowSummary())
    }

    /// The broker counts bytes by streams: a partition has its events' share of them.
    private static func share(of bytes: UInt64, _ events: UInt64, _ all: UInt64) -> UInt64 {
        all == 0 ? 0 : UInt64(Double(bytes) * Double(events) / Double(all))
    }

    /// The first offset of a partition that is one of several, and the one behind its last.
    private func ends(
        of station: KnownStation, _ subject: String, _ events: UInt64, _ state: StreamState
    ) async throws(EngineError) -> (UInt64, UInt64) {
        guard events > 0 else { return (state.last_seq, state.last_seq) }
        let stream = naming.stream(of: station.name)
        do throws(BrokerFault) {
            let first = try await jetStream.message(stream, .next(subject: subject, from: 1))
            let last = try await jetStream.message(stream, .last(subject: subject))
            let next = last?.sequence ?? state.last_seq
            return (first.map { $0.sequence - 1 } ?? next, next)
        } catch {
            throw stations.failure(error, station.name, "describing station '\(station.name)'")
        }
    }
}
