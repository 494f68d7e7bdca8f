import MoonrailCore

/// A station that is otherwise than declared, and stays so until somebody asks for the change.
package struct StationDeviation: Hashable, Sendable, CustomStringConvertible {
    package let station: StationName
    package let differences: [StationDifference]

    package init(station: StationName, differences: [StationDifference]) {
        self.station = station
        self.differences = differences
    }

    /// What is there, what is declared, and what to do.
    package var description: String {
        let facts = differences.map { difference in
            "\(difference.setting.rawValue) is \(difference.present), declared "
                + difference.declared + (difference.setting.isFixed ? " (fixed)" : "")
        }
        var text =
            "station '\(station)' is not as declared and stays as it is: "
            + facts.joined(separator: ", ")
        if differences.contains(where: { !$0.setting.isFixed }) {
            text += "; to alter it: moonrail station plan \(station) --apply"
        }
        if differences.contains(where: \.setting.isFixed) {
            text += "; what is fixed takes another station: see moonrail station copy --help"
        }
        return text
    }
}
