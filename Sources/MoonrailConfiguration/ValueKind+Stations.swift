import MoonrailCore

extension ValueKind<[StationName]> {
    /// Stations that a function reads.
    static let inputs = stations(1...Bounds.inputs, mayBeReserved: true)

    /// Stations that a function may write; an empty list takes away those that the script names.
    static let outputs = stations(0...Bounds.outputs, mayBeReserved: false)

    private static func stations(_ counts: ClosedRange<Int>, mayBeReserved: Bool) -> ValueKind {
        let demand = "a station name or a list of \(counts.lowerBound) to \(counts.upperBound)"
        return ValueKind(demand) {
            $0.map(\.text).joined(separator: ", ")
        } read: { node, subject, problems in
            guard let names = node.oneOrMore else {
                problems.append(node.mustBe(demand, subject))
                return nil
            }
            guard counts.contains(names.count) else {
                problems.append(
                    SettingsProblem(
                        line: node.line,
                        "\(subject) names \(names.count) stations; it must be \(demand)"))
                return nil
            }
            let problemsBefore = problems.count
            var stations: [StationName] = []
            for name in names {
                do throws(SettingsProblem) {
                    let station = try name.station(subject)
                    if let prefix = station.reservedPrefix, !mayBeReserved {
                        throw name.problem(
                            "\(subject) names '\(station)'; names under \(prefix) are reserved")
                    }
                    if stations.contains(station) {
                        throw name.problem(
                            "\(subject) names '\(station)' twice; name each station once")
                    }
                    stations.append(station)
                } catch {
                    problems.append(error)
                }
            }
            return problems.count == problemsBefore ? stations : nil
        }
    }
}

extension SettingsNode {
    /// The elements of a list, or one scalar as a list of it; nil for what is neither.
    fileprivate var oneOrMore: [SettingsNode]? {
        switch content {
        case .list(let list): list
        case .scalar(let scalar) where !scalar.isNull: [self]
        case .scalar, .table: nil
        }
    }

    fileprivate func station(_ subject: String) throws(SettingsProblem) -> StationName {
        guard case .scalar(let scalar) = content, let text = scalar.string else {
            throw problem("\(subject) names \(shown), which is not text; put names in quotes")
        }
        do {
            return try StationName(text)
        } catch {
            throw problem("\(subject): \(error)")
        }
    }

    fileprivate func problem(_ text: String) -> SettingsProblem {
        SettingsProblem(line: line, text)
    }
}
