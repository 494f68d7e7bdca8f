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
    /// 64 hexadecimal digits; nil when the script could not be read.
    package var version: String?
    package var definition: Definition?
    /// Hosts of it that died since the worker started.
    package var hostDeaths: UInt64
    package var lanes: [LaneMessage]

    enum CodingKeys: String, CodingKey {
        case name, file, state, reason, version, definition, lanes
        case hostDeaths = "host_deaths"
    }

    package struct Definition: Codable, Hashable, Sendable {
        package var description: String?
        package var from: [String]
        package var to: [String]
        package var start: String
        package var batch: Int
        package var memoryBytes: UInt64
        package var timeMilliseconds: Int64
        package var inputs: JSONValue

        enum CodingKeys: String, CodingKey {
            case description, from, to, start, batch, inputs
            case memoryBytes = "memory_bytes"
            case timeMilliseconds = "time_ms"
        }

        package init(_ definition: FunctionDefinition) {
            description = definition.description
            from = definition.from.map(\.text)
            to = definition.to.map(\.text)
            start = definition.start.rawValue
            batch = definition.batchEvents
            memoryBytes = definition.limits.memoryBytes
            timeMilliseconds = Int64(definition.limits.eventTime / .milliseconds(1))
            inputs = definition.inputs
        }
    }

    /// - Parameter lanes: all lanes that the engine knows; those of other functions are left out.
    package init(_ status: FunctionStatus, lanes: [LaneSummary]) {
        name = status.name.text
        file = status.file
        state = status.state.name
        reason = status.state.reason
        version = status.version?.text
        hostDeaths = status.hostDeaths
        definition = status.definition.map(Definition.init)
        self.lanes = lanes.filter { $0.lane.function == status.name }.map(LaneMessage.init)
    }

    /// Events that wait, over all of its lanes.
    package var lag: UInt64 { lanes.reduce(0) { $0 + $1.lag } }
}
