import MoonrailCore
import MoonrailTestSupport
import Testing

/// What a function made of one event, as a test says it.
enum ScriptedOutcome {
    case emits([(output: Int, event: Event)])
    case fails(FunctionFault)

    static let drops = emits([])

    static func emits(_ texts: String..., to output: Int = 0) -> ScriptedOutcome {
        .emits(texts.map { (output, Event($0)) })
    }
}

extension RunReply {
    /// The reply of a host that made `script` of its events.
    init(_ script: [ScriptedOutcome]) {
        var records = EventRecords()
        var emissions: [Emission] = []
        var outcomes: [Outcome] = []
        for outcome in script {
            switch outcome {
            case .fails(let fault): outcomes.append(.failed(fault))
            case .emits(let events):
                let first = emissions.count
                for (output, event) in events {
                    emissions.append(Emission(output: output, start: records.bytes.count))
                    records.append(event)
                }
                outcomes.append(.done(emissions: first..<emissions.count))
            }
        }
        self.init(bytes: records.bytes, outcomes: outcomes, emissions: emissions)
    }
}

/// A lane whose settlements a test looks at.
struct ScriptedLane {
    var builder: SettlementBuilder
    let claim: LaneClaim

    init(
        _ function: FunctionName = "celsius", generation: UInt32 = 0, partition: UInt32 = 0,
        outputs: [StationName] = ["out"]
    ) {
        claim = LaneClaim(
            lane: LaneID(function: function, partition: partition), fence: 1,
            generation: generation, position: Position())
        builder = SettlementBuilder(
            claim: claim, version: FunctionVersion(text: "0123456789"), outputs: outputs)
    }

    /// The settlement of a batch that ran at once with what `script` says.
    mutating func settle(
        _ parts: [StoredEvents], _ script: [ScriptedOutcome], from: Position = Position()
    ) throws -> Settlement {
        let batch = LaneBatch(parts)
        let reply = RunReply(script)
        return builder.settlement(
            of: .init(first: 0, outcomes: reply.outcomes), in: batch, reply: reply, from: from,
            at: .scripted)
    }
}

extension EventTime {
    /// What the machine's clock says when a scripted lane settles: 2026-01-02T03:04:05Z.
    static let scripted = EventTime(microseconds: 1_767_323_045_000_000)
}

extension StoredEvents {
    init(_ station: StationName, partition: UInt32 = 0, from first: UInt64 = 0, _ events: [Event]) {
        var records = EventRecords()
        for event in events { records.append(event) }
        self.init(
            station: station, partition: partition, records: records,
            offsets: events.indices.map { first + UInt64($0) })
    }

    /// What was appended, as another lane reads it from its station.
    init(reading append: StationAppend, from first: UInt64 = 0) {
        self.init(
            station: append.station, partition: 0, records: append.records,
            offsets: (0..<append.records.count).map { first + UInt64($0) })
    }
}
