/// Every bound of the configuration that the core does not declare, with its reason.
enum SettingsBounds {
    /// The file: hundreds of stations and functions take some tens of kilobytes.
    static let fileBytes = 1 << 20
    /// Values in the file, counted after YAML's aliases are followed: nine lines of aliases of
    /// aliases can stand for thousands of millions. A thousand functions take twelve thousand.
    static let values = 20_000
    /// Depth of the file: `inputs` are the only thing deeper than four.
    static let nesting = 64
    /// A path: the kernel takes no longer one.
    static let pathBytes = 4_095
    /// A URL: what servers commonly take.
    static let urlBytes = 8_000
    /// A description: it is shown in one line.
    static let descriptionBytes = 1_024
    /// Tags of a function, and bytes of one: they are shown in one line, too.
    static let tags = 64
    static let tagBytes = 128
    /// How long a worker may take to stop: service managers kill after 10 to 90 seconds.
    static let shutdownTimeout = Duration.milliseconds(1)...Duration.seconds(600)
    /// How long a host may be idle: looking for idle ones more often would cost more than they do.
    static let hostIdle = Duration.milliseconds(100)...Duration.seconds(86_400)
    /// Emissions of one event: their index has 16 bits in the event record.
    static let emissions: ClosedRange<UInt32> = 1...65_535
    /// Bytes of one event's emissions: at most half a frame from the host.
    static let outputBytes: ClosedRange<UInt32> = 1_024...32 << 20
    /// Nesting of a document: reader and writer recurse.
    static let documentNesting: ClosedRange<UInt32> = 1...512
    /// Log lines of one event.
    static let logLines: ClosedRange<UInt32> = 0...1_000
    /// Bytes of one event's log lines.
    static let logBytes: ClosedRange<UInt32> = 0...1 << 20
    /// Bytes of one key's state: a quarter of what a host keeps of all keys.
    static let stateBytes: ClosedRange<UInt32> = 1_024...4 << 20
    /// Keys with state of one lane.
    static let stateKeys: ClosedRange<UInt64> = 1...1_000_000_000
    /// How long a worker's leases outlast its last sign of life. A shorter one would be lost to a
    /// busy machine or a change of the broker's leader; a longer one is an outage.
    static let lease = Duration.seconds(1)...Duration.seconds(300)
    /// How long an answer of the broker is waited for.
    static let brokerTimeout = Duration.milliseconds(100)...Duration.seconds(60)
    /// Servers of a broker: each tells of the others.
    static let brokers = 64
    /// Connections at a time: each takes some tens of kilobytes and a file descriptor.
    static let connections = 1...100_000
    /// Origins, and names of hosts.
    static let origins = 64
    /// Log lines of a lane in a second.
    static let logRate: ClosedRange<UInt32> = 0...100_000
}
