/// Measurements in the text format 0.0.4 of Prometheus
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
package struct MetricsText {
    package enum Kind: String { case counter, gauge }

    package private(set) var text = ""

    package init() {}

    /// Adds one metric with all its values.
    ///
    /// - Parameter values: each with the labels that tell it apart.
    package mutating func add(
        _ name: String, _ kind: Kind, _ help: String,
        _ values: [(labels: [(name: String, value: String)], value: UInt64)]
    ) {
        if values.isEmpty { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for (labels, value) in values {
            let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            text += name + (list.isEmpty ? "" : "{\(list.joined(separator: ","))}")
            text += " \(value)\n"
        }
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
