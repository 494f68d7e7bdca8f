/// What a script may use up. Declared here once, each with its default and the reason for it.
package struct FunctionLimits: Hashable, Sendable {
    /// Memory of the script's Lua values in bytes: room for a large document decoded several times.
    package var memoryBytes: UInt64 = 32 << 20
    /// CPU time of one event: a thousand times what a usual handler takes.
    package var eventTime: Duration = .milliseconds(100)
    /// CPU time of compiling and running the file itself.
    package var loadTime: Duration = .milliseconds(500)
    /// CPU time after which the host answers with what it has, so that one batch is never long.
    package var answerAfter: Duration = .milliseconds(200)
    /// Emissions of one event.
    package var emissions: UInt32 = 1_000
    /// Payload bytes of one emission: what the output station takes.
    package var emissionBytes: UInt32 = UInt32(Bounds.defaultEventBytes)
    /// Bytes of all emissions of one event.
    package var outputBytes: UInt32 = 8 << 20
    /// Nesting of a document, read or written; RFC 8259 lets a parser choose, most stop at 512.
    package var nesting: UInt32 = 128
    /// Log lines of one event; more are dropped and one line says so.
    package var logLines: UInt32 = 20
    /// Bytes of all log lines of one event.
    package var logBytes: UInt32 = 8 << 10
    /// Log lines of a lane in a second, on average over ten: people read no more, and a function
    /// that prints each event must not fill the disk. Zero keeps none.
    package var logRate: UInt32 = 200
    /// Bytes of the state of one key, as JSON: it is read and written with each of its events.
    package var stateBytes: UInt32 = 64 << 10
    /// Keys with state of one lane: at some hundred bytes each, gigabytes of disk.
    package var stateKeys: UInt64 = 10_000_000
    /// CPU that a host may use for one answer before it is killed, when nothing inside it ended the
    /// script: on an idle machine as much time on the wall. A machine that gives it less has it
    /// live ten times as long at most, so that load alone kills nobody.
    package var wallTime: Duration = .seconds(2)
    /// The most memory that a script may ask for itself in its `limits`, in bytes.
    package var scriptMemoryBytesMaximum: UInt64 = 256 << 20
    /// The most CPU time of one event that a script may ask for itself.
    package var scriptEventTimeMaximum: Duration = .seconds(1)
    /// Bytes of a script or library: a 1 MB ladder of `elseif` takes seconds to compile.
    package static let sourceBytes = 128 << 10
    /// The largest memory limit an operator or script may ask for.
    package static let memoryBytesMaximum: UInt64 = 1 << 30
    /// The longest time limit an operator or script may ask for.
    package static let eventTimeMaximum: Duration = .seconds(10)
    /// The smallest memory limit: the libraries alone take about 40 KB.
    package static let memoryBytesMinimum: UInt64 = 256 << 10

    package init() {}

    /// `wallTime`, but never so short that an event within its limits could meet it.
    package var wallDeadline: Duration {
        max(wallTime, eventTime * 2 + answerAfter)
    }
}
