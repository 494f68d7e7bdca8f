import MoonrailCore

/// Who calls, and what they may do.
package struct Authority: Hashable, Sendable {
    /// As the audit shows it.
    package let name: String
    package let scopes: [Scope]

    package init(name: String, scopes: [Scope]) {
        self.name = name
        self.scopes = scopes
    }

    /// Whether one of the scopes includes what a route demands.
    ///
    /// - Parameter station: the station that the route's path names, if it names one.
    package func allows(_ access: Access, station: StationName?) -> Bool {
        access == .open || scopes.contains { $0.allows(access, station: station) }
    }
}
