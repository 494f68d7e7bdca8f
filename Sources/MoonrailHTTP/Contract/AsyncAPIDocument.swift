import MoonrailCore

/// Stations and functions as AsyncAPI 3
/// (https://www.asyncapi.com/docs/reference/specification/v3.0.0): a station is a channel, and what
/// a function reads and writes are its operations.
package struct AsyncAPIDocument: Sendable {
    private let stations: [StationMessage]
    private let functions: [FunctionMessage]
    private let version: String

    /// - Parameters:
    ///   - functions: those without a definition, which are broken, are left out.
    ///   - version: Moonrail's.
    package init(stations: [StationMessage], functions: [FunctionMessage], version: String) {
        self.stations = stations
        self.functions = functions
        self.version = version
    }

    package var json: JSONValue {
        [
            "asyncapi": "3.0.0",
            "info": [
                "title": "Moonrail", "version": .string(version),
                "description": .string(
                    "Stations are durable, ordered logs of events, and functions read some of them "
                        + "and write others."),
            ],
            "defaultContentType": "application/json",
            "channels": .object(channels),
            "operations": .object(operations),
            "components": ["messages": ["event": Self.event]],
        ]
    }

    /// An event is any JSON document; what is known beside it goes by the names of CloudEvents.
    private static let event: JSONValue = [
        "name": "event", "title": "An event", "contentType": "application/json",
        "payload": [:],
        "headers": [
            "type": "object",
            "properties": [
                "id": ["type": "string", "description": "Its own, or its place."],
                "time": ["type": "string", "format": "date-time"],
                "type": ["type": "string"],
                "key": [
                    "type": "string",
                    "description": "Events of one key are in one partition, in their order.",
                ],
            ],
        ],
    ]

    /// Stations that there are but Moonrail's own, and those that functions name.
    private var channels: [String: JSONValue] {
        var channels: [String: JSONValue] = [:]
        for name in functions.compactMap(\.definition).flatMap({ $0.from + $0.to }) {
            channels[name] = Self.channel(name, [:])
        }
        for station in stations where (try? StationName(station.name))?.isReserved != true {
            channels[station.name] = Self.channel(
                station.name, ["x-partitions": .integer(Int64(station.partitions.count))])
        }
        return channels
    }

    private static func channel(_ name: String, _ facts: [String: JSONValue]) -> JSONValue {
        let members: [String: JSONValue] = [
            "address": .string(name),
            "messages": ["event": ["$ref": "#/components/messages/event"]],
        ]
        return .object(members.merging(facts) { $1 })
    }

    private var operations: [String: JSONValue] {
        var operations: [String: JSONValue] = [:]
        for function in functions {
            guard let definition = function.definition else { continue }
            for (action, stations) in [("receive", definition.from), ("send", definition.to)] {
                for station in stations {
                    operations["\(function.name).\(action).\(station)"] = Self.operation(
                        action, on: station, of: function, definition)
                }
            }
        }
        return operations
    }

    private static func operation(
        _ action: String, on station: String, of function: FunctionMessage,
        _ definition: FunctionMessage.Definition
    ) -> JSONValue {
        let channel = JSONValue.string("#/channels/" + station)
        var members: [String: JSONValue] = [
            "action": .string(action), "channel": ["$ref": channel],
            "title": .string(function.name),
            "messages": [["$ref": .string("#/channels/\(station)/messages/event")]],
        ]
        if let description = definition.description { members["summary"] = .string(description) }
        if !definition.tags.isEmpty {
            members["tags"] = .array(definition.tags.map { ["name": .string($0)] })
        }
        return .object(members)
    }
}
