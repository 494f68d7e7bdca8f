/// One setting of a station that is otherwise than declared.
package struct StationDifference: Hashable, Sendable {
    /// A setting, as the configuration names it.
    package enum Setting: String, Hashable, Sendable, CaseIterable {
        case partitions
        case retentionAge = "retention.age"
        case retentionBytes = "retention.bytes"
        case retentionEvents = "retention.events"
        case duplicateIDs = "duplicates.ids"
        case duplicateAge = "duplicates.age"
        case replicas
        case storage

        /// Whether a station has it for its life: another one takes another station.
        package var isFixed: Bool { self == .partitions || self == .storage }
    }

    package let setting: Setting
    /// As it is, in the words of the configuration.
    package let present: String
    /// As it is declared, in the words of the configuration.
    package let declared: String

    package init(_ setting: Setting, present: String, declared: String) {
        self.setting = setting
        self.present = present
        self.declared = declared
    }
}

extension StationSettings {
    /// How these settings of a station that is there differ from what is declared of it.
    package func differences(from declared: StationSettings) -> [StationDifference] {
        var differences: [StationDifference] = []
        func compare<Value: Equatable>(
            _ setting: StationDifference.Setting, _ path: KeyPath<StationSettings, Value>,
            _ text: (Value) -> String
        ) {
            let (present, wanted) = (self[keyPath: path], declared[keyPath: path])
            guard present != wanted else { return }
            differences.append(
                StationDifference(setting, present: text(present), declared: text(wanted)))
        }
        compare(.partitions, \.partitions) { "\($0)" }
        compare(.retentionAge, \.retention.age) {
            $0.map { Quantity.text(duration: $0) } ?? "none"
        }
        compare(.retentionBytes, \.retention.bytes) {
            $0.map { Quantity.text(bytes: $0) } ?? "none"
        }
        compare(.retentionEvents, \.retention.events) { $0.map(String.init) ?? "none" }
        compare(.duplicateIDs, \.duplicates.ids) { "\($0)" }
        compare(.duplicateAge, \.duplicates.age) { Quantity.text(duration: $0) }
        return differences
    }
}
