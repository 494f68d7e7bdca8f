import MoonrailHTTP

/// Lanes for people: one row for each of their inputs. Where other workers run some of them, each
/// row names the worker; `-` is the one that answers, or none.
enum LaneTable {
    @Sendable static func text(_ lanes: [LaneMessage]) -> String {
        let areShared = lanes.contains { $0.worker != nil }
        var table = TextTable(
            [
                .left("function"), .right("partition"), .left("station"), .right("next"),
                .right("lag"), .right("processed"), .right("emitted"), .right("dropped"),
                .right("dead"), .right("pending"), .right("missed"), .right("generation"),
            ] + (areShared ? [.left("worker")] : []))
        return table.lines(
            lanes.flatMap { lane in
                lane.inputs.map { input in
                    [
                        lane.function, "\(lane.partition)", input.station,
                        "\(input.nextOffset)", "\(lane.lag)", "\(lane.processed)",
                        "\(lane.emitted)", "\(lane.dropped)", "\(lane.deadLetters + lane.parked)",
                        "\(lane.pending)", "\(lane.missed)",
                        "\(lane.generation)",
                    ] + (areShared ? [lane.worker ?? "-"] : [])
                }
            })
    }
}
