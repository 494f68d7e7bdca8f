import MoonrailCore

/// The storage engine on NATS JetStream: a station is a stream, and so are the lanes of a function.
///
/// An event is acknowledged once the broker has it, on as many servers as its stream has replicas;
/// when these write it to their disks is the broker's own setting (docs/distributed.md). Offsets
/// are the stream's sequence numbers less one: increasing in a partition, with gaps. A settlement
/// publishes its events first, each with its id, and then one message that holds all else: what a
/// crash leaves of the former is recognised by its ids when the settlement is made again.
package final class JetStreamEngine: Sendable {
    let settings: BrokerSettings
    let broker: Broker
    let jetStream: JetStream
    let naming: Naming
    let stations: KnownStations
    let readers: PartitionReaders
    let keys = KeyOffsets()
    let laneLogs: LaneLogs
    let followers = Followers()
    let answers = RecentAnswers()

    /// Connects to the broker. Blocks for as long as that takes.
    ///
    /// - Parameter directory: where values of lanes are kept at hand, in a file that may be removed
    ///   whenever no worker runs; nil: in memory.
    /// - Throws: `unavailable` when no server lets this side in, or JetStream is not enabled there.
    package init(_ settings: BrokerSettings, directory: String?) throws(EngineError) {
        guard Naming.isPrefix(settings.prefix) else {
            throw .unavailable(
                "nats.prefix '\(settings.prefix)' is none: use 1 to 32 of a-z and 0-9")
        }
        self.settings = settings
        broker = try Broker(settings)
        jetStream = JetStream(broker: broker)
        naming = Naming(prefix: settings.prefix)
        stations = KnownStations(jetStream, naming)
        readers = PartitionReaders(jetStream, naming)
        laneLogs = LaneLogs(jetStream, naming, try LaneMirror(directory: directory))
        broker.inbox.listen { [readers] now, broke in
            if broke { readers.breakAll() } else { readers.tick(at: now) }
        }
    }

    /// Bytes of the largest payload that the broker takes, beside which there is room for headers.
    package var eventBytesMaximum: Int {
        min(Bounds.eventBytesMaximum, broker.payloadMaximum - Self.headerRoom)
    }

    /// Room that headers take of the largest message.
    private static let headerRoom = 32 << 10

    /// Waits until the connection is gone for good, or the task is cancelled.
    ///
    /// - Throws: `unavailable` when it is gone: servers refused the login when it was made anew.
    package func followConnection() async throws(EngineError) {
        for await reason in broker.inbox.losses {
            throw .unavailable(
                "the broker lets this login in no longer: \(reason); see to its login and start "
                    + "again")
        }
    }

    /// Ends the connection. May be repeated.
    package func close() async {
        readers.close()
        broker.close()
    }
}
