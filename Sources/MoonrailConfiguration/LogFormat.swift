/// How the worker writes its log.
package enum LogFormat: String, Hashable, Sendable, CaseIterable {
    /// As text where people read it, on a terminal; as JSON where programs collect it.
    case auto
    case text
    /// A JSON document a line.
    case json
}
