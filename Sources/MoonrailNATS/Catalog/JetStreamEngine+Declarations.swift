import MoonrailCore

/// How streams stand to what is declared of their stations.
extension JetStreamEngine {
    package func differences(
        of name: StationName, from declared: StationSettings
    ) async throws(EngineError) -> [StationDifference] {
        let station = try await stations.look(name).station
        let stream = station.configuration
        var wanted = stream
        wanted.set(declared, windowMaximum: settings.duplicateWindowMaximum)
        // What a stream can't say it does not differ in.
        let isSilent = StationDeclaration(stream.description) == nil
        var differences = station.settings.differences(from: declared).filter { difference in
            switch difference.setting {
            case .duplicateIDs: !isSilent
            case .duplicateAge: !isSilent || wanted.duplicate_window != stream.duplicate_window
            default: true
            }
        }
        let replicas = settings.replicas(of: name)
        if stream.num_replicas != replicas {
            differences.append(
                StationDifference(
                    .replicas, present: "\(stream.num_replicas)", declared: "\(replicas)"))
        }
        let storage = settings.storage(of: name).rawValue
        if stream.storage != storage {
            differences.append(
                StationDifference(.storage, present: stream.storage, declared: storage))
        }
        return differences
    }

    package func conform(
        _ name: StationName, to declared: StationSettings
    ) async throws(EngineError) {
        let differing = Set(try await differences(of: name, from: declared).map(\.setting))
        let (replicas, windowMaximum) = (
            settings.replicas(of: name), settings.duplicateWindowMaximum
        )
        if !differing.isDisjoint(with: Self.ofStation) {
            try await change(name) { $0.set(declared, windowMaximum: windowMaximum) }
        }
        // By itself: there may be too few servers, and the rest is to be done all the same.
        if differing.contains(.replicas) {
            try await change(name) { $0.num_replicas = replicas }
        }
    }

    /// What `StreamConfiguration.set` sets.
    private static let ofStation: Set<StationDifference.Setting> = [
        .retentionAge, .retentionBytes, .retentionEvents, .duplicateIDs, .duplicateAge,
    ]
}

extension StreamConfiguration {
    /// The settings of the station whose stream this is: as it was declared, and where somebody has
    /// altered the stream since, as the stream is.
    func stationSettings(_ partitions: UInt32, windowMaximum: Duration) -> StationSettings {
        let own = ownSettings(partitions)
        guard
            var settings = StationDeclaration(description)?.settings(partitions: partitions)
        else { return own }
        var declared = self
        declared.set(settings, windowMaximum: windowMaximum)
        if declared.max_age != max_age { settings.retention.age = own.retention.age }
        if declared.max_bytes != max_bytes { settings.retention.bytes = own.retention.bytes }
        if declared.max_msgs != max_msgs { settings.retention.events = own.retention.events }
        if declared.duplicate_window != duplicate_window {
            settings.duplicates.age = own.duplicates.age
        }
        return settings
    }

    /// What the stream alone says.
    private func ownSettings(_ partitions: UInt32) -> StationSettings {
        var settings = StationSettings(partitions: partitions)
        if max_age > 0 { settings.retention.age = .nanoseconds(max_age) }
        if max_bytes > 0 { settings.retention.bytes = UInt64(max_bytes) }
        if max_msgs > 0 { settings.retention.events = UInt64(max_msgs) }
        settings.duplicates.age = max(.seconds(1), .nanoseconds(duplicate_window))
        return settings
    }
}
