import MoonrailCore

/// Finds out where lanes are moved by a wish, and refuses what can't be.
struct LaneMoves {
    let wish: ResetWish
    let function: FunctionName
    /// Whether the function keeps state.
    let keepsState: Bool
    let engine: any StationEngine

    /// Where a lane at `position` is to be moved.
    ///
    /// - Throws: `ResetRefused`, `EngineError`.
    func move(of lane: LaneID, at position: Position) async throws -> LaneMove {
        var to = Position()
        for station in position.offsets.keys.sorted() {
            to[station] = try await offset(in: station, lane.partition, inputs: position)
        }
        let move = LaneMove(lane: lane, from: position, to: to)
        if wish.outputs == .fill, move.eventsAgain == 0 {
            throw ResetRefused(
                "lane \(lane) would not run anything again, so that there is nothing to fill in; "
                    + "it stands at \(Self.text(position))")
        }
        if keepsState, !move.keepsState { try await checkState(move) }
        return move
    }

    private func offset(
        in station: StationName, _ number: UInt32, inputs: Position
    ) async throws -> UInt64 {
        let summary = try await engine.describe(station)
        guard number < summary.partitions.count else {
            throw EngineError.partitionNotFound(
                station, partition: number, count: UInt32(summary.partitions.count))
        }
        let partition = summary.partitions[Int(number)]
        guard case .offset(let offset) = wish.to else {
            return try await wish.to.offset(in: number, partition, of: station, engine)
        }
        if inputs.offsets.count > 1 {
            throw ResetRefused(
                "function '\(function)' reads \(inputs.offsets.count) stations, each with offsets "
                    + "of its own; move it to earliest, latest or a time")
        }
        if summary.partitions.count > 1, wish.partition == nil {
            throw ResetRefused(
                "station '\(station)' has \(summary.partitions.count) partitions, each with "
                    + "offsets of its own; say which lane with --partition, or give a time")
        }
        guard offset <= partition.next else {
            throw ResetRefused(
                "\(station)/\(number) ends before offset \(partition.next); there is no "
                    + "\(offset) yet")
        }
        guard offset >= partition.earliest else {
            throw ResetRefused(
                "retention has removed what lay before offset \(partition.earliest) of "
                    + "\(station)/\(number): events from \(offset) on can't run again; the first "
                    + "that can is \(partition.earliest) (earliest)")
        }
        return offset
    }

    /// State can be had as it was when all changes since the beginning are kept; none is needed at
    /// the beginning itself.
    private func checkState(_ move: LaneMove) async throws {
        if move.to.isBeginning { return }
        if try await engine.hasSwappedInputs(move.lane) {
            throw ResetRefused(
                "what '\(function)' reads was swapped: the state that it had at "
                    + "\(Self.text(move.to)) was made of other events; it can only be rebuilt from "
                    + "the beginning")
        }
        if move.to.offsets.count > 1 {
            throw ResetRefused(
                "function '\(function)' keeps state and reads \(move.to.offsets.count) stations, "
                    + "in an order that no single place tells; its state can only be rebuilt from "
                    + "the beginning of all of them, and that of "
                    + "\(Self.text(move.to)) is not it")
        }
        let station = StationName.stateChanges(of: function)
        let summary = try await engine.describe(station).partitions[Int(move.lane.partition)]
        guard summary.isWhole else {
            throw ResetRefused(
                "the state that '\(function)' had at \(Self.text(move.to)) is not known: retention "
                    + "has removed what lay before offset \(summary.earliest) of "
                    + "\(station)/\(move.lane.partition); it can only be rebuilt from offset 0 of "
                    + "the input")
        }
        try await checkEventTime(move)
    }

    /// Where timers ever moved event time, it must be known how far it had come.
    private func checkEventTime(_ move: LaneMove) async throws {
        guard try await engine.value(of: move.lane, in: .watermark, key: []) != nil,
            let (station, offset) = move.to.offsets.first
        else { return }
        let history = try await engine.history(of: move.lane)
        guard history.reached(before: offset, of: station) == nil else { return }
        throw ResetRefused(
            "function '\(function)' has timers, and how far event time had come at "
                + "\(Self.text(move.to)) is not on record, so that it can only be rebuilt from "
                + "offset 0 of its input")
    }

    static func text(_ position: Position) -> String {
        position.offsets.sorted { $0.key < $1.key }.map { "offset \($0.value) of \($0.key)" }
            .joined(separator: ", ")
    }
}
