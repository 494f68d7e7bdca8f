import MoonrailCore

extension JetStreamEngine {
    package func claim(
        _ lane: LaneID, inputs: [StationName], start: LaneStart
    ) async throws(EngineError) -> LaneClaim {
        // All inputs are looked up before anything is written.
        var beginnings: [StationName: LaneState.Place] = [:]
        for name in inputs { beginnings[name] = try await beginning(of: name, lane, start) }
        try await laneLogs.open(lane, settings)
        while true {
            let before = try await laneLogs.last(lane)
            var state = before?.message.state ?? LaneState()
            state.settledBefore = before?.settled
            for name in state.places.keys { state.places[name]?.isInput = false }
            for (name, beginning) in beginnings {
                // One that was made again is another station, to be read from its start.
                if state.places[name]?.created == beginning.created {
                    state.places[name]?.isInput = true
                } else {
                    state.places[name] = beginning
                }
            }
            let message = LaneMessage(.claim, nonce: .random(in: .min ... .max), state: state)
            let written: UInt64?
            do throws(BrokerFault) {
                written = try await laneLogs.append(
                    [message], to: lane, behind: before?.sequence ?? 0)
            } catch {
                if error.isStreamMissing || error == .noResponders {
                    laneLogs.forget(lane.function)
                }
                throw EngineError(error, "claiming lane \(lane)")
            }
            // Somebody else came first.
            guard let written else { continue }
            let now = try await laneLogs.last(lane)
            let idle = before.flatMap { before in now.map { $0.time - before.settled } }
            let owned = OwnedLane(
                fence: written, last: written, state: state, settled: .now - (idle ?? .zero))
            laneLogs.keep(owned, of: lane)
            if try await laneLogs.refresh(lane) {
                return LaneClaim(
                    lane: lane, fence: written, generation: state.generation,
                    position: state.position)
            }
        }
    }

    private func beginning(
        of name: StationName, _ lane: LaneID, _ start: LaneStart
    ) async throws(EngineError) -> LaneState.Place {
        let summary = try await describe(name)
        guard lane.partition < summary.settings.partitions else {
            throw .partitionNotFound(
                name, partition: lane.partition, count: summary.settings.partitions)
        }
        let partition = summary.partitions[Int(lane.partition)]
        return LaneState.Place(
            next: start == .earliest ? partition.earliest : partition.next,
            created: summary.created, isInput: true)
    }

    package func lanes() async throws(EngineError) -> [LaneSummary] {
        var lanes: [LaneID] = []
        do throws(BrokerFault) {
            lanes = try await jetStream.streams(on: naming.laneSubjects)
                .compactMap { $0.config.subjects.first.flatMap { naming.lane(ofSubject: $0) } }
        } catch {
            throw EngineError(error, "listing lanes")
        }
        lanes.sort { ($0.function, $0.partition) < ($1.function, $1.partition) }
        var summaries: [LaneSummary] = []
        for lane in lanes {
            guard let last = try await laneLogs.last(lane) else { continue }
            let state = last.message.state
            summaries.append(
                LaneSummary(
                    lane: lane, position: state.position, generation: state.generation,
                    counts: state.counts, lag: try await lag(lane, state),
                    settlements: state.settlements))
        }
        return summaries
    }

    /// Events of its inputs that a lane has not settled, as the broker counts them.
    private func lag(_ lane: LaneID, _ state: LaneState) async throws(EngineError) -> UInt64 {
        var lag: UInt64 = 0
        for (name, place) in state.places where place.isInput {
            do throws(EngineError) {
                let (station, stream) = try await stations.look(name)
                guard station.created == place.created, lane.partition < station.partitions,
                    stream.last_seq > place.next
                else { continue }
                if station.partitions == 1, (stream.num_deleted ?? 0) == 0 {
                    lag += stream.last_seq - max(place.next, max(stream.first_seq, 1) - 1)
                } else {
                    lag += try await count(
                        StationCursor(
                            station: name, partition: lane.partition, offset: place.next))
                }
            } catch {
                guard case .stationNotFound = error else { throw error }
            }
        }
        return lag
    }

    /// How many events a partition has from an offset on.
    private func count(_ cursor: StationCursor) async throws(EngineError) -> UInt64 {
        var configuration = ConsumerConfiguration(
            subject: naming.subject(of: cursor.station, cursor.partition),
            inactive: .seconds(5))
        configuration.opt_start_seq = StreamPlace.sequence(ofOffset: cursor.offset)
        configuration.headers_only = true
        let stream = naming.stream(of: cursor.station)
        do throws(BrokerFault) {
            let info = try await jetStream.createConsumer(stream, configuration)
            _ = broker.send("$JS.API.CONSUMER.DELETE.\(stream).\(info.name)", reply: "", [])
            return info.num_pending
        } catch {
            throw stations.failure(error, cursor.station, "counting station '\(cursor.station)'")
        }
    }
}
