import MoonrailCore

/// One station of a plan: how it is otherwise than declared, and what became of that.
struct StationPlanEntry: Encodable, Sendable {
    /// One setting.
    struct Change: Encodable, Sendable {
        let setting: String
        let present: String
        let declared: String
        /// Whether a station has it for its life.
        let isFixed: Bool
        var isApplied = false

        enum CodingKeys: String, CodingKey {
            case setting, present, declared
            case isFixed = "fixed"
            case isApplied = "applied"
        }
    }

    let station: String
    /// Whether it was there.
    let exists: Bool
    /// Whether it was missing, and is there now.
    private(set) var isCreated = false
    private(set) var changes: [Change]
    /// Why something that was tried was not done.
    var problem: String?

    enum CodingKeys: String, CodingKey {
        case station, exists, changes, problem
        case isCreated = "created"
    }

    /// - Parameter differences: nil when there is no such station.
    init(_ name: StationName, _ differences: [StationDifference]?) {
        station = name.text
        exists = differences != nil
        changes = (differences ?? []).map {
            Change(
                setting: $0.setting.rawValue, present: $0.present, declared: $0.declared,
                isFixed: $0.setting.isFixed)
        }
    }

    /// Whether all is as declared now.
    var isDone: Bool { (exists || isCreated) && changes.allSatisfy(\.isApplied) }

    /// Whether something can be done that is not done.
    var isApplicable: Bool {
        exists ? changes.contains { !$0.isFixed && !$0.isApplied } : !isCreated
    }

    /// Whether something was done.
    var isChanged: Bool { isCreated || changes.contains(where: \.isApplied) }

    var hasFixed: Bool { changes.contains(where: \.isFixed) }

    /// Takes in what is otherwise after something was tried.
    ///
    /// - Parameter left: nil when there is no such station.
    mutating func take(left: [StationDifference]?) {
        guard exists else {
            isCreated = left != nil
            return
        }
        guard let left else { return }
        let settings = Set(left.map(\.setting.rawValue))
        for index in changes.indices {
            changes[index].isApplied = !settings.contains(changes[index].setting)
        }
    }

    /// All entries for people.
    static func table(_ entries: [StationPlanEntry]) -> String {
        var table = TextTable([
            .left("station"), .left("setting"), .left("is"), .left("declared"), .left("plan"),
        ])
        return table.lines(entries.flatMap(\.rows))
    }

    private var rows: [[String]] {
        guard exists else {
            return [[station, "-", "missing", "-", isCreated ? "created" : "to create"]]
        }
        return changes.map { change in
            let plan =
                change.isApplied ? "altered" : change.isFixed ? "fixed" : "to alter"
            return [station, change.setting, change.present, change.declared, plan]
        }
    }
}
