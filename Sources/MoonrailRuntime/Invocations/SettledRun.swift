import MoonrailCore

/// A run of events that was settled, as its lane worked on it: laid out only for who wants to see
/// it.
package struct SettledRun: Sendable {
    let lane: LaneID
    let version: FunctionVersion
    /// The stations that emissions' outputs are indexes of.
    let outputs: [StationName]
    let batch: LaneBatch
    /// The host's latest reply before it was settled; nil when there was none.
    let reply: RunReply?
    let ready: Delivery.Ready

    package init(
        lane: LaneID, version: FunctionVersion, outputs: [StationName], batch: LaneBatch,
        reply: RunReply?, ready: Delivery.Ready
    ) {
        self.lane = lane
        self.version = version
        self.outputs = outputs
        self.batch = batch
        self.reply = reply
        self.ready = ready
    }

    /// About how many bytes of memory it keeps.
    var bytes: Int {
        batch.parts.reduce(reply?.bytes.count ?? 0) { $0 + $1.records.bytes.count }
    }
}

/// The invocations of one settled run that somebody wants to see, in order. Each is laid out when
/// it is asked for.
package struct InvocationRun: Sequence, Sendable {
    private let run: SettledRun
    private let filter: InvocationFilter
    /// Events of runs before it that were not shown, since they came faster than they were taken;
    /// whether the filter would have chosen them nobody has looked at.
    package let missed: Int

    package init(_ run: SettledRun, through filter: InvocationFilter, missed: Int = 0) {
        self.run = run
        self.filter = filter
        self.missed = missed
    }

    package func makeIterator() -> Iterator {
        Iterator(run: run, filter: filter)
    }

    package struct Iterator: IteratorProtocol {
        private let run: SettledRun
        private let filter: InvocationFilter
        /// Number of the next event among those that were settled.
        private var index = 0
        /// Number of the first log line that is not of an earlier event.
        private var line = 0
        /// Number of the first timer that did not fire after an earlier event.
        private var firing = 0

        init(run: SettledRun, filter: InvocationFilter) {
            self.run = run
            self.filter = filter
        }

        package mutating func next() -> Invocation? {
            while index < run.ready.outcomes.count {
                defer { index += 1 }
                let status = Invocation.Status(run.ready.outcomes[index])
                guard filter.accepts(status) else { continue }
                let place = run.batch.inputPlace(run.ready.first + index)
                guard filter.samples(place, partition: run.lane.partition) else { continue }
                return invocation(status, at: place)
            }
            return nil
        }

        private mutating func invocation(
            _ status: Invocation.Status, at place: InputPlace
        ) -> Invocation {
            var invocation = Invocation(
                lane: run.lane, version: run.version, place: place,
                input: run.batch.withRecord(run.ready.first + index, EventExcerpt.init),
                status: status)
            let outcome = run.ready.outcomes[index]
            switch outcome {
            case .done(let emissions):
                show(emissions, in: &invocation)
            case .failed(let fault): invocation.fault = fault
            case .parked(let behind): invocation.behind = behind
            }
            if let reply = run.reply, outcome.isOfReply {
                invocation.logs = logs(in: reply)
                invocation.duration = duration(in: reply)
                showFirings(of: reply, in: &invocation)
            }
            return invocation
        }

        private func show(_ emissions: Range<Int>, in invocation: inout Invocation) {
            invocation.emissionCount += emissions.count
            for number in emissions {
                if invocation.emissions.count == Invocation.emissionsShown { return }
                run.reply?.withEmission(number) { output, record in
                    invocation.emissions.append(
                        .init(station: run.outputs[output], event: EventExcerpt(record)))
                }
            }
        }

        /// What timers emitted that fired after the event is shown with it.
        private mutating func showFirings(of reply: RunReply, in invocation: inout Invocation) {
            while firing < reply.firings.count, reply.firings[firing].event < index { firing += 1 }
            for firing in reply.firings[firing...].prefix(while: { $0.event == index }) {
                if case .done(let emissions) = firing.outcome { show(emissions, in: &invocation) }
            }
        }

        private mutating func logs(in reply: RunReply) -> [RunReply.LogLine] {
            while line < reply.logs.count, reply.logs[line].event < index { line += 1 }
            return Array(reply.logs[line...].prefix { $0.event == index })
        }

        private func duration(in reply: RunReply) -> Duration? {
            guard reply.nanoseconds.indices.contains(index),
                let nanoseconds = Int64(exactly: reply.nanoseconds[index])
            else { return nil }
            return .nanoseconds(nanoseconds)
        }
    }
}

extension Outcome {
    /// Whether a reply of the host said so, whose first event is then the first that was settled;
    /// otherwise the lane decided it without one, and the latest reply is of other events.
    fileprivate var isOfReply: Bool {
        switch self {
        case .done: true
        case .failed(let fault): fault.kind != .hostDied
        case .parked: false
        }
    }
}
