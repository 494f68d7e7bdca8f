/// Measurements in the text format 0.0.4 of Prometheus
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
package struct MetricsText: Sendable {
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    package typealias Labels = [(name: String, value: String)]

    package private(set) var text = ""

    package init() {}

    /// Adds one metric with all its values; nothing where there are none.
    ///
    /// - Parameter values: each with the labels that tell it apart.
    package mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ values: [(labels: Labels, value: Double)]
    ) {
        if values.isEmpty { return }
        addHead(name, kind, help)
        for (labels, value) in values { addLine(name, labels, value) }
    }

    /// Adds a metric that is one whole number.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: UInt64) {
        add(name, kind, help, [([], Double(value))])
    }

    /// Adds one histogram with all its values; nothing where there are none.
    package mutating func add(
        histogram name: String, _ help: String, _ values: [(labels: Labels, value: HistogramValue)]
    ) {
        if values.isEmpty { return }
        addHead(name, .histogram, help)
        for (labels, value) in values {
            var count: UInt64 = 0
            for (bound, inside) in zip(value.bounds, value.counts) {
                count += inside
                addLine(
                    name + "_bucket", labels + [("le", Self.number(bound))], Double(count))
            }
            addLine(name + "_bucket", labels + [("le", "+Inf")], Double(value.count))
            addLine(name + "_sum", labels, value.sum)
            addLine(name + "_count", labels, Double(value.count))
        }
    }

    private mutating func addHead(_ name: String, _ kind: Kind, _ help: String) {
        let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func addLine(_ name: String, _ labels: Labels, _ value: Double) {
        let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
        text += name + (list.isEmpty ? "" : "{\(list.joined(separator: ","))}")
        text += " \(Self.number(value))\n"
    }

    /// Whole numbers without a fraction; they are exact up to 2⁵³.
    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
