import MoonrailCore
import MoonrailRuntime

/// A function as it stands now.
package struct FunctionMessage: Codable, Hashable, Sendable {
    package var name: String
    /// As messages name it: `functions/celsius.lua`.
    package var file: String
    /// `running`, `stopped`, `paused` or `failed`.
    package var state: String
    /// Why it failed or is paused.
    package var reason: String?
    /// Why what lies in the directory is not what runs, if so.
    package var failedDeployment: String?
    /// Who chose this version instead of that in the directory, and why, if so.
    package var rollback: String?
    /// 64 hexadecimal digits; nil when the script could not be read.
    package var version: String?
    package var definition: Definition?
    /// Hosts of it that died since the worker started.
    package var hostDeaths: UInt64
    package var lanes: [LaneMessage]

    enum CodingKeys: String, CodingKey {
        case name, file, state, reason, version, definition, lanes
        case failedDeployment = "failed_deployment"
        case rollback
        case hostDeaths = "host_deaths"
    }

    package struct Definition: Codable, Hashable, Sendable {
        package var description: String?
        /// As its `memphis.yaml` lists them.
        package var tags: [String]
        package var from: [String]
        package var to: [String]
        package var start: String
        package var batch: Int
        package var memoryBytes: UInt64
        package var timeMilliseconds: Int64
        /// `dead-letter`, `park-key` or `stop`.
        package var onFailure: String
        package var retry: Retry
        /// Nil when it never pauses by itself.
        package var breaker: Breaker?
        /// `pause` or `rollback`.
        package var onBreaker: String
        package var loop: Bool
        package var inputs: JSONValue

        /// How an event that took its host along is run again.
        package struct Retry: Codable, Hashable, Sendable {
            package var attempts: Int
            package var firstDelayMilliseconds: UInt64
            package var maximumDelayMilliseconds: UInt64

            enum CodingKeys: String, CodingKey {
                case attempts
                case firstDelayMilliseconds = "first_delay_ms"
                case maximumDelayMilliseconds = "max_delay_ms"
            }
        }

        /// It pauses when so many of its last events failed.
        package struct Breaker: Codable, Hashable, Sendable {
            package var failures: Int
            package var events: Int
        }

        enum CodingKeys: String, CodingKey {
            case description, tags, from, to, start, batch, retry, breaker, loop, inputs
            case onFailure = "on_failure"
            case onBreaker = "on_breaker"
            case memoryBytes = "memory_bytes"
            case timeMilliseconds = "time_ms"
        }

        package init(_ definition: FunctionDefinition) {
            description = definition.description
            tags = definition.tags
            from = definition.from.map(\.text)
            to = definition.to.map(\.text)
            start = definition.start.rawValue
            batch = definition.batchEvents
            memoryBytes = definition.limits.memoryBytes
            timeMilliseconds = Int64(definition.limits.eventTime / .milliseconds(1))
            onFailure = definition.failure.onFailure.rawValue
            retry = Retry(
                attempts: definition.failure.retry.attempts,
                firstDelayMilliseconds: definition.failure.retry.firstDelay.wholeMilliseconds,
                maximumDelayMilliseconds: definition.failure.retry.maximumDelay.wholeMilliseconds)
            breaker = definition.failure.breaker.map {
                Breaker(failures: $0.failures, events: $0.events)
            }
            onBreaker = definition.failure.onBreaker.rawValue
            loop = definition.isLoop
            inputs = definition.inputs
        }
    }

    /// - Parameter lanes: all lanes that the engine knows; those of other functions are left out.
    package init(_ status: FunctionStatus, lanes: [LaneSummary]) {
        name = status.name.text
        file = status.file
        state = status.state.name
        reason = status.state.reason
        failedDeployment = status.failedDeployment
        rollback = status.rollback
        version = status.version?.text
        hostDeaths = status.hostDeaths
        definition = status.definition.map(Definition.init)
        self.lanes = lanes.filter { $0.lane.function == status.name }.map {
            LaneMessage($0, worker: status.elsewhere[$0.lane.partition])
        }
    }

    /// Events that wait, over all of its lanes.
    package var lag: UInt64 { lanes.reduce(0) { $0 + $1.lag } }
    /// Dead letters that wait for somebody, over all of its lanes.
    package var pending: UInt64 { lanes.reduce(0) { $0 + $1.pending } }
}
